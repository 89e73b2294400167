"""How text is cleaned, by its kind: the same for what is stored and for what is searched.

`characters` has the tables of characters and their sources, `cleaning` a function a kind, `kinds` what fields are
declared with.
"""
