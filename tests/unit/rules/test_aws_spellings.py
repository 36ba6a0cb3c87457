"""An AWS key pair is one finding, the secret with its id, in every spelling people use."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest

from secretscan import scan_bytes

SPELLINGS = [
    (".env", "AWS_ACCESS_KEY_ID={k}\nAWS_SECRET_ACCESS_KEY={s}\n"),
    ("credentials", "[default]\naws_access_key_id = {k}\naws_secret_access_key = {s}\n"),
    ("a.yml", "aws:\n  accessKeyId: {k}\n  secretAccessKey: {s}\n"),
    ("a.json", '{{"AccessKeyId": "{k}", "SecretAccessKey": "{s}"}}'),
    ("a.py", "boto3.client('s3', aws_access_key_id='{k}', aws_secret_access_key='{s}')\n"),
    ("b.py", 'KEY = "{k}"\nSECRET = "{s}"\n'),
    ("a.tf", 'provider "aws" {{\n  access_key = "{k}"\n  secret_key = "{s}"\n}}\n'),
    ("a.sh", "export AWS_ACCESS_KEY_ID={k}\nexport AWS_SECRET_ACCESS_KEY='{s}'\n"),
    ("Dockerfile", "ENV AWS_ACCESS_KEY_ID {k}\nENV AWS_SECRET_ACCESS_KEY {s}\n"),
    ("a.csv", "Access key ID,Secret access key\n{k},{s}\n"),
    ("a.java", 'new BasicAWSCredentials("{k}", "{s}");'),
    ("a.properties", "aws.accessKeyId={k}\naws.secretKey={s}\n"),
    ("a.xml", "<accessKey>{k}</accessKey><secretKey>{s}</secretKey>"),
    ("a.rb", ":access_key_id => '{k}',\n:secret_access_key => '{s}'"),
    ("a.txt", "aws configure set aws_access_key_id {k}\naws configure set aws_secret_access_key {s}\n"),
    ("a.go", 'credentials.NewStaticCredentials("{k}", "{s}", "")'),
    ("a.js", "const AWS = new A({{accessKeyId: '{k}', secretAccessKey: '{s}'}})"),
    ("a.ini", "[aws]\nkey={k}\nsecret={s}\n"),
    ("a.cs", 'new AmazonS3Client("{k}", "{s}", RegionEndpoint.USEast1)'),
    ("b.env", 'AWS_KEY="{k}"\nAWS_SECRET="{s}"\n'),
    ("a.url", "s3://{k}:{s}@bucket/path"),
    ("a.php", "'key' => '{k}',\n'secret' => '{s}',"),
    ("k8s.yml", "- name: AWS_ACCESS_KEY_ID\n  value: {k}\n- name: AWS_SECRET_ACCESS_KEY\n  value: {s}\n"),
    ("a.md", "Access key: {k}\nSecret: {s}\n"),
]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize(("name", "text"), SPELLINGS, ids=[name for name, _ in SPELLINGS])
def test_pair_is_one_finding(name: str, text: str, cache: Path) -> None:
    rng = random.Random(name)
    key_id = "AKIA" + "".join(rng.choices(string.ascii_uppercase + "234567", k=16))
    secret = "".join(rng.choices(string.ascii_letters + string.digits + "/+", k=40))
    data = text.format(k=key_id, s=secret).encode()
    found = scan_bytes(data, path=name, show_secrets=True, cache_dir=cache)
    told = [(f.rule, f.secret == secret, f.attributes.get("key_id") == key_id) for f in found]
    assert told == [("aws-access-key", True, True)]
