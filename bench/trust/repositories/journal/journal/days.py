"""The days of a diary."""
import datetime


def parse_day(text):
    """Reads "2024-02-29"; raises ValueError for a day that does not exist."""
    return datetime.date.fromisoformat(text.strip())


def days_between(first, last):
    return (parse_day(last) - parse_day(first)).days


def old_style_day(text):
    """Days as the first version wrote them; nothing calls it any more."""
    return text.replace("/", "-")
