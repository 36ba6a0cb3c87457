"""Spending: a budget or a billing alarm that notifies someone."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict
from secretscan.verify.aws.partition import home_region


def _run(scope: Scope) -> Verdict:
    alarm = _alarm(scope)
    if alarm:
        return Verdict(State.PASS, f"billing alarm {alarm} notifies")
    budget = _budget(scope)
    if budget:
        return Verdict(State.PASS, f"budget {budget} notifies")
    return Verdict(State.FAIL, "neither a budget nor a billing alarm notifies anyone")


def _alarm(scope: Scope) -> str:
    """Return the name of an alarm on estimated charges that has an action. The metric lives in one region."""
    region = home_region(scope.connection.partition)
    for alarm in scope.connection.pages("cloudwatch:DescribeAlarms", "MetricAlarms", region=region):
        about_money = (
            alarm.get("Namespace") == "AWS/Billing" and alarm.get("MetricName") == "EstimatedCharges"
        )
        if about_money and alarm.get("AlarmActions") and alarm.get("ActionsEnabled", True):
            return str(alarm["AlarmName"])
    return ""


def _budget(scope: Scope) -> str:
    for budget in scope.connection.pages("budgets:DescribeBudgets", "Budgets", AccountId=scope.account):
        name = str(budget["BudgetName"])
        notifications = scope.connection.pages(
            "budgets:DescribeNotificationsForBudget",
            "Notifications",
            AccountId=scope.account,
            BudgetName=name,
        )
        for notification in notifications:
            subscribers = scope.connection.call(
                "budgets:DescribeSubscribersForNotification",
                AccountId=scope.account,
                BudgetName=name,
                Notification=notification,
            )
            if subscribers.get("Subscribers"):
                return name
    return ""


CHECK = Check(
    id="spending",
    title="A budget or billing alarm notifies someone",
    why="Mining on a leaked key costs tens of thousands a day; the bill is often the first to tell.",
    fix="Create a budget with a notification (AWS Budgets), and cost anomaly detection beside it.",
    severity=Severity.HIGH,
    regional=False,
    run=_run,
)
