"""`quarterdeck policy`: a policy looked at before anybody is held to it.

Every line is short enough for a phone.
"""
