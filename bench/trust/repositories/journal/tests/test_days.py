import unittest

from journal.days import days_between, parse_day


class Days(unittest.TestCase):
    def test_counts_over_a_leap_day(self):
        self.assertEqual(days_between("2024-02-28", "2024-03-01"), 2)

    def test_refuses_a_day_that_does_not_exist(self):
        with self.assertRaises(ValueError):
            parse_day("2023-02-29")
