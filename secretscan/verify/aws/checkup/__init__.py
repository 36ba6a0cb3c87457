"""The safety nets that decide how much a leak costs. One module for each check, one list of all."""

from __future__ import annotations

from typing import Final

from secretscan.verify.aws.checkup import (
    access_analyzer,
    acm_expiry,
    admin_keys,
    cloudtrail,
    guardduty,
    inline_star,
    inspector,
    kms_rotation,
    load_balancers,
    old_keys,
    public_s3,
    rds_exposure,
    root,
    security_groups,
    securityhub,
    spending,
)
from secretscan.verify.aws.checkup.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    root.CHECK,
    old_keys.CHECK,
    admin_keys.CHECK,
    inline_star.CHECK,
    cloudtrail.CHECK,
    spending.CHECK,
    public_s3.CHECK,
    guardduty.CHECK,
    securityhub.CHECK,
    inspector.CHECK,
    access_analyzer.CHECK,
    security_groups.CHECK,
    rds_exposure.CHECK,
    kms_rotation.CHECK,
    acm_expiry.CHECK,
    load_balancers.WEB_ACL,
    load_balancers.SHIELD,
)
"""Every check, in the order of the report: those of the account, then those of each region."""
