"""What a key did: CloudTrail's events, summarised, and what GuardDuty makes of them."""
