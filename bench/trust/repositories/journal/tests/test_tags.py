import unittest

from journal.tags import tags_of


class Tags(unittest.TestCase):
    def test_keeps_the_order(self):
        self.assertEqual(tags_of("to #Zoe and #adam"), ["zoe", "adam"])

    def test_finds_nothing_in_nothing(self):
        self.assertEqual(tags_of(""), [])

    def test_ends_a_tag_at_a_dot(self):
        self.assertEqual(tags_of("met #mia."), ["mia"])
