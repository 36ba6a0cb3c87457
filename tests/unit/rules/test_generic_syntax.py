"""The generic rules find a value in each of the ways in which languages give one to a name, and a word in none."""

from __future__ import annotations

import re

import pytest

from secretscan.engine.program import build
from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill

OTHER_LANGUAGES = [
    ("a.yml", "clave: {{password:14}}"),
    ("a.py", 'contraseña = "{{password:14}}"'),
    ("a.properties", "db.contraseña={{password:14}}"),
    ("a.php", "$mdp = '{{password:14}}';"),
    ("A.java", 'String motDePasse = "{{password:14}}";'),
    ("a.txt", "mot de passe : {{password:14}}"),
    ("a.yml", "wachtwoord: {{password:14}}"),
    ("a.ini", "heslo = {{password:14}}"),
    ("a.json", '{"hasło": "{{password:14}}"}'),
    ("a.json", '"şifre": "{{password:14}}"'),
    ("a.txt", "Пароль: {{password:14}}"),
    ("a.md", "パスワード：{{password:14}}"),
    ("a.md", "비밀번호: {{password:14}}"),
    ("a.txt", "用户名：admin 密码：{{password:14}}"),
    ("A.java", "// 密码：{{password:14}}"),
    ("a.py", 'schluessel = "{{base62:32}}"'),
    ("a.js", 'const matKhau = "{{password:14}}";'),
]
SYNTAX = [
    ("main.c", '#define WIFI_PASSWORD   "{{password:14}}"'),
    (
        "v.tf",
        'variable "db_password" {\n  description = "The password"\n  type = string\n  default = "{{password:14}}"\n}',
    ),
    ("p.json", '{"ParameterKey":"DBPassword","ParameterValue":"{{password:14}}"}'),
    ("M.xml", '<meta-data\n  android:name="com.acme.ApiKey"\n  android:value="{{base62:40}}" />'),
    ("strings.xml", '<string name="api_key" translatable="false">{{base62:32}}</string>'),
    ("a.xml", '<property name="hibernate.connection.password">{{password:14}}</property>'),
    ("a.xml", '<property name="password">\n  <value>{{password:14}}</value>\n</property>'),
    ("a.xml", '<entry key="db.password">{{password:14}}</entry>'),
    ("h.xml", "<name>javax.jdo.option.ConnectionPassword</name>\n  <value>{{password:14}}</value>"),
    ("web.xml", "<param-name>password</param-name>\n<param-value>{{password:14}}</param-value>"),
    ("a.plist", "<key>Password</key>\n<string>{{password:14}}</string>"),
    ("a.xml", "<password><![CDATA[{{password:14}}]]></password>"),
    ("Makefile", "DB_PASS ?= {{password:14}}"),
    ("Makefile", "DB_PASSWORD ::= {{password:14}}"),
    ("A.java", '@Value("${db.password:{{password:14}}}")'),
    ("A.java", 'if ("{{password:14}}".equals(password)) {'),
    ("a.c", 'if (strcmp(password, "{{password:14}}") == 0) {'),
    ("a.py", 'if "{{password:14}}" == request.form["password"]:'),
]
WORDS = [
    ("main.c", '#define TOKEN_NAME "access_token"'),
    ("a.xml", '<property name="password">${db.password}</property>'),
    ("a.html", '<span class="token">{{base62:20}}</span>'),
    ("A.java", '@Value("${db.password:changeme}")'),
    ("A.java", 'return "{{password:14}}".equals(path);'),
    ("a.yml", "clave: nombre_usuario"),
    ("a.json", '"şifre": "Password"'),
    ("a.go", 'hasLocation := "{{base62:20}}"'),
    ("a.txt", "conclave: {{base62:20}}"),
    ("a.md", "密码：password"),
]


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(build([rule for rule in load_rules() if rule.provider == "generic"], "generic"))


def found(scanner: Scanner, path: str, text: str) -> list[bytes]:
    results = scanner.scan(Blob(text.encode(), WorkTreeFile(path.encode())))
    return [one.secret.reveal() for one in results.findings if one.score >= 0.5]


@pytest.mark.parametrize(("path", "text"), OTHER_LANGUAGES + SYNTAX)
def test_a_value_given_to_a_name_is_found(scanner: Scanner, path: str, text: str) -> None:
    hits = 0
    for seed in range(8):
        filled = fill(text, seed=seed)
        value = re.sub(r"\{\{[^{}]*\}\}", "\0", text).split("\0")
        expected = filled.removeprefix(value[0]).removesuffix(value[1])
        hits += expected.encode() in found(scanner, path, filled)
    assert hits >= 6


@pytest.mark.parametrize(("path", "text"), WORDS)
def test_a_word_given_to_a_name_is_not(scanner: Scanner, path: str, text: str) -> None:
    assert found(scanner, path, fill(text, seed=1)) == []
