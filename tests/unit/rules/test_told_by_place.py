"""A password that no name stands before is found by its place, even where it is a word with digits."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretscan import scan_bytes
from secretscan.rules.samples import fill

PLACES = [
    ("db.php", '$db = new mysqli("localhost", "shop", "{p}", "shop");'),
    ("db.php", "$db = new PDO('mysql:host=localhost;dbname=shop', 'shop', '{p}');"),
    ("db.py", 'db = pymysql.connect("localhost", "shop", "{p}", "shop")'),
    ("Dao.java", 'DriverManager.getConnection(DB_URL, "shop", "{p}");'),
    ("db.pl", 'my $db = DBI->connect("dbi:mysql:shop", "shop", "{p}");'),
    ("db.js", "const db = new Sequelize('shop', 'shop', '{p}', {{ dialect: 'mysql' }});"),
    ("ldap.py", 'link.simple_bind_s("cn=admin,dc=acme,dc=io", "{p}")'),
    ("Mail.java", 'return new PasswordAuthentication("deploy", "{p}");'),
    ("metrics.py", "client = InfluxDBClient('db', 8086, 'shop', '{p}', 'shop')"),
    ("api.py", 'requests.get(url, auth=("deploy", "{p}"))'),
    ("api.rs", 'client.get(url).basic_auth("deploy", Some("{p}"))'),
    ("api.rb", "request.basic_auth 'deploy', '{p}'"),
    ("api.php", 'curl_setopt($ch, CURLOPT_USERPWD, "deploy:{p}");'),
    ("db.go", 'dsn := "shop:{p}@tcp(127.0.0.1:3306)/shop?parseTime=True"'),
    ("db.go", 'db, err := sql.Open("mysql", "shop:{p}@/shop")'),
    ("app.properties", "jdbc.url=jdbc:oracle:thin:shop/{p}@//db.acme.io:1521/ORCL"),
    ("ci.sh", "docker login -u deploy -p {p} registry.acme.io"),
    ("backup.sh", "mongodump --host db.acme.io -u deploy -p {p} --out /backup"),
    ("cache.sh", "redis-cli -h cache.acme.io -a {p} ping"),
    ("sync.sh", "lftp -u deploy,{p} ftp.acme.io"),
    ("db.sh", "sqlplus shop/{p}@ORCL @schema.sql"),
    ("Dockerfile", "RUN echo 'root:{p}' | chpasswd"),
    ("setup.sh", "echo {p} | sudo -S apt-get update"),
    ("map.bat", r"net use Z: \\files\share {p} /user:ACME\deploy"),
    ("setup.bat", "net user deploy {p} /add"),
    ("redis.conf", "requirepass {p}"),
    ("httpd.conf", "AuthLDAPBindPassword {p}"),
    (".msmtprc", "account acme\nuser deploy@acme.io\npassword {p}\n"),
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize(("path", "text"), PLACES)
def test_a_word_with_digits_is_found_where_a_password_stands(path: str, text: str, cache: Path) -> None:
    password = fill("Harbor{{digits:4}}", seed=path)
    data = text.format(p=password).encode()
    found = scan_bytes(data, path=path, show_secrets=True, cache_dir=cache)
    assert [f.secret == password for f in found] == [True]


@pytest.mark.parametrize(("path", "text"), PLACES)
@pytest.mark.parametrize("value", ["$PASSWORD", "<password>", "password", "changeme"])
def test_what_stands_for_a_password_there_is_not_reported(
    path: str, text: str, value: str, cache: Path
) -> None:
    assert not scan_bytes(text.format(p=value).encode(), path=path, cache_dir=cache)
