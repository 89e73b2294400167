"""What uv is told of what pip is told."""

from launcher import uv_settings

LISTING = """\
:env:.find-links='/wheels /more wheels'
:env:.timeout='20'
global.cert='/etc/company.pem'
global.constraint='/etc/constraints.txt'
global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'
global.find-links='/elsewhere'
global.index-url='https://mirror.example/simple'
global.timeout='60'
global.trusted-host='mirror.example other.example'
install.index-url='https://user:secret@mirror.example/simple'
"""


def test_indexes_certificates_and_time_limits_are_those_of_pip():
    told = uv_settings.from_pip(LISTING, {})
    assert told["UV_DEFAULT_INDEX"] == "https://user:secret@mirror.example/simple"
    assert told["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert told["UV_INSECURE_HOST"] == "mirror.example other.example"
    assert told["SSL_CERT_FILE"] == "/etc/company.pem"


def test_a_variable_counts_more_than_a_file_and_the_part_for_install_more_than_the_general_one():
    told = uv_settings.from_pip(LISTING, {})
    assert told["UV_HTTP_TIMEOUT"] == "20"
    assert told["UV_FIND_LINKS"] == "/wheels,/more,wheels"


def test_a_package_comes_from_whichever_index_has_it():
    assert uv_settings.from_pip("", {})["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_what_uv_is_told_already_stays():
    own = {"UV_DEFAULT_INDEX": "https://own.example/simple", "SSL_CERT_FILE": "/own.pem"}
    assert not own.keys() & uv_settings.from_pip(LISTING, own).keys()


def test_the_certificates_that_requests_is_told_of_are_those_of_pip():
    variables = {"CURL_CA_BUNDLE": "/curl.pem", "REQUESTS_CA_BUNDLE": "/requests.pem"}
    assert uv_settings.from_pip("", variables)["SSL_CERT_FILE"] == "/requests.pem"
    assert uv_settings.from_pip("global.cert='/pip.pem'", variables)["SSL_CERT_FILE"] == "/pip.pem"


def test_who_forbids_the_index_to_pip_forbids_it_to_uv():
    assert uv_settings.flags_from_pip(":env:.no-index='1'\n") == ["--no-index"]
    assert uv_settings.flags_from_pip(":env:.no-index='0'\nglobal.no-index='true'\n") == []
    assert uv_settings.flags_from_pip("") == []
