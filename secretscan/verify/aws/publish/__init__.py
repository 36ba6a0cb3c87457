"""Telling others: findings to Security Hub, a summary to an SNS topic."""
