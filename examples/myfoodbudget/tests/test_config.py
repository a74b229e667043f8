import pytest

import config


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"FLASK_ENV": "staging"}, "FLASK_ENV is none of"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has fewer than 32"),
        ({"SESSION_LIFETIME_MINUTES": "an hour"}, "SESSION_LIFETIME_MINUTES is not"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is none of"),
        ({"DATABASE_URL": "sqlite:////nowhere/x.db"}, "the folder /nowhere cannot be written"),
        ({"DATABASE_URL": "sqlite://"}, "names no file"),
    ],
)
def test_a_wrong_environment_is_refused_with_its_name(environment, wrong, said):
    with pytest.raises(config.ConfigurationError, match=said) as refused:
        config.load({**environment, **wrong})
    assert "short" not in str(refused.value)


def test_tests_have_a_database_in_memory_and_development_debugs(tmp_path):
    testing = config.load({"FLASK_ENV": "testing"})
    assert (testing.TESTING, testing.DATABASE_URL) == (True, "sqlite://")
    assert config.load({"FLASK_ENV": "development", "SECRET_KEY": "x"}).DEBUG
