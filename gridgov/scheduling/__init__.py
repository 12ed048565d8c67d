"""Briefings on time: which issues are due, what keeps one back, where each goes. An issue is made exactly once, or not yet."""
