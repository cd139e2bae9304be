"""The table of labelled mistakes: each text, the error it must be, its place, and what the message and the hint must say."""

import pytest

from keyaki.errors import PolicySyntaxError
from keyaki.syntax.parse import parse

# In each text, `@` marks the place that the error must name; it is taken out before the text is parsed.
MISTAKES = {
    # what was written is no policy at all
    "empty file": ("@", "empty", "empty", "Statement"),
    "white space only": ("@ \n\t", "empty", "empty", "Statement"),
    "a JSON list": ('@[{"Statement": []}]', "not-a-policy", "a list is no policy", "one policy"),
    "a JSON number": ("@42", "not-a-policy", "a number is no policy", "one policy"),
    "a JSON string": ('@"Statement"', "not-a-policy", "a string is no policy", "one policy"),
    "null": ("@null", "not-a-policy", "`null` is no policy", "one policy"),
    "other JSON": ('{@"name": "x", "scripts": {}}', "not-a-policy", "`name` and `scripts`", "`Version` and `Statement`"),
    "a wrapped policy": ('{@"PolicyDocument": {}}', "not-a-policy", "`PolicyDocument`", "inside `PolicyDocument`"),
    "a CloudFormation template": (
        '{@"AWSTemplateFormatVersion": "x", "Resources": {}}',
        "cloudformation", "template", "resources",
    ),
    "YAML": ("@Version: '2012-10-17'\nStatement:\n- Effect: Allow\n", "yaml", "YAML", "convert"),
    "YAML after a comment": ("@# policy\n---\nVersion: x\n", "yaml", "YAML", "convert"),
    "Terraform": ('@data "aws_iam_policy_document" "x" {\n}', "terraform", "Terraform", "JSON policy"),
    "URL encoding": ("@%7B%22Statement%22%3A%5B%5D%7D", "url-encoded", "URL-encoded", "decode"),
    "XML": ("@<xml/>", "not-json", "`<xml/>`", "`{`"),
    "a word": ("@policy", "unquoted", "`policy`", "double quotes"),
    "two policies": ('{"Statement": []} @{"Statement": []}', "trailing-text", "`{`", "one policy"),
    # the text was cut off
    "cut off in a list": ('{"Statement": [@', "truncated", "`[` of line 1, column 15", "cut off"),
    "cut off in a string": ('{"Statement": [{"Sid": "abc@', "truncated", "the string of line 1, column 24", "cut off"),
    "cut off in an escape": ('{"Statement": [{"Sid": "a\\u00@', "truncated", "the string of line 1, column 24", "cut off"),
    "cut off after a colon": ('{"Statement":@', "truncated", "`{` of line 1, column 1", "cut off"),
    # JSON written wrongly
    "trailing comma in an object": ('{"Statement": []@,}', "trailing-comma", "`}`", "delete"),
    "trailing comma in a list": ('{"Statement": [{"Action": ["a:b"@, ]}]}', "trailing-comma", "`]`", "delete"),
    "two commas": ('{"Version": "2012-10-17",@, "Statement": []}', "extra-comma", "two commas", "delete"),
    "a comma first": ('{"Statement": [@, {}]}', "extra-comma", "a statement", "delete"),
    "no comma between members": ('{"Version": "2012-10-17"\n @"Statement": []}', "missing-comma", '`"Statement"`', "comma"),
    "no comma between items": ('{"Statement": [{"Action": ["a:b" @"c:d"]}]}', "missing-comma", '`"c:d"`', "comma"),
    "no comma between numbers": (
        '{"Statement": [{"Condition": {"Bool": {"k": [1 @2]}}}]}',
        "missing-comma",
        "`2`",
        "comma",
    ),
    "no colon": ('{@"Statement" []}', "missing-colon", "`Statement`", '`"Effect": "Allow"`'),
    "an equals sign": ('{@"Statement" = []}', "missing-colon", "`Statement`", '`"Effect": "Allow"`'),
    "two colons": ('{"Statement":@: []}', "stray-character", "`:`", "one colon"),
    "a colon after a value": ('{"Version": @"Statement": []}', "stray-character", "`Statement`", "comma or brace"),
    "no value": ('{"Version": @, "Statement": []}', "extra-comma", "a string", "delete"),
    "no last value": ('{"Statement": @}', "missing-value", "`Statement`", "a list of statements"),
    "no quotes": ("{@Statement: []}", "unquoted", "`Statement:`", "double quotes"),
    "a number for a name": ("{@1: []}", "bad-name", "a number", "double quotes"),
    "a wrong closing bracket": ('{"Statement": [{"Sid": "x"@]}', "wrong-bracket", "`{` of line 1, column 16", "`}`"),
    "a list closed as an object": ('{"Statement": [@}', "wrong-bracket", "`[` of line 1, column 15", "`]`"),
    "a brace is missing": ('{"Statement": [@"Effect": "Allow"]}', "missing-bracket", "`Effect`", "`{`"),
    "a comment to the line's end": ('{"Statement": [] @// all\n}', "comment", "`// all`", "no comments"),
    "a block comment": ('{@/* all */ "Statement": []}', "comment", "`/*`", "no comments"),
    "a hash comment": ('{"Statement": [@# all\n]}', "comment", "`# all`", "no comments"),
    "single quotes": ("{@'Statement': []}", "single-quotes", "`'Statement'`", '`"`'),
    "curly quotes": ("{@\u201cStatement\u201d: []}", "curly-quotes", "`\u201c`", '`"`'),
    "a quote inside a string": ('{"Version": "a "@b" c"}', "stray-text", "`b`", '`\\"`'),
    "a line break in a string": ('{"Version": "2012@\n"}', "unclosed-string", "line 1, column 13", "`\\n`"),
    "a tab in a string": ('{"Version": "2012@\t"}', "control-character", "`\\u0009`", "delete"),
    "NUL in a string": ('{"Version": "2012@\0"}', "control-character", "`\\u0000`", "delete"),
    "NUL outside": ('{@\0"Statement": []}', "control-character", "`\\u0000`", "delete"),
    "a no-break space": ('{@\u00a0"Statement": []}', "bad-space", "`\\u00a0`", "plain space"),
    "a byte-order mark inside": ('{@\ufeff"Statement": []}', "bad-space", "`\\ufeff`", "plain space"),
    "an unknown escape": ('{"Version": "@\\x41"}', "bad-escape", "`\\x`", "backslash"),
    "a short escape": ('{"Version": "@\\u12", "Statement": []}', "bad-escape", "`\\u12`", "backslash"),
    "a semicolon": ('{"Version": "2012-10-17"@;}', "stray-text", "`;`", "comma"),
    "an odd character": ('{"Version": @^}', "stray-character", "`^`", "a string"),
    "NaN": ('{"Statement": [{"Condition": {"Bool": {"k": @NaN}}}]}', "bad-literal", "`NaN`", "finite"),
    "Infinity": ('{"Statement": [{"Condition": {"Bool": {"k": [@-Infinity]}}}]}', "bad-literal", "`-Infinity`", "finite"),
    "Python's True": ('{"Statement": [{"Condition": {"Bool": {"k": @True}}}]}', "bad-literal", "`True`", "`true`"),
    "a leading zero": ('{"Statement": [{"Condition": {"Bool": {"k": @01}}}]}', "bad-number", "`01`", "`-2.5`"),
    "a number without digits": ('{"Statement": [{"Condition": {"Bool": {"k": @1.}}}]}', "bad-number", "`1.`", "`-2.5`"),
    "a plus sign": ('{"Statement": [{"Condition": {"Bool": {"k": @+1}}}]}', "bad-number", "`+1`", "`-2.5`"),
    "half a surrogate pair": ('{"Id": "@\\ud83d", "Statement": []}', "lone-surrogate", "half", "both"),
    "the second half alone": ('{"Id": "@\\ude00", "Statement": []}', "lone-surrogate", "half", "both"),
    "two first halves": ('{"Id": "@\\ud83d\\ud83d\\ude00", "Statement": []}', "lone-surrogate", "half", "both"),
    "halves apart": ('{"Id": "@\\ud83d \\ude00", "Statement": []}', "lone-surrogate", "half", "both"),
    "a raw half": ('{"Id": "@\ud83d", "Statement": []}', "lone-surrogate", "half", "both"),
    # left-overs of templates
    "an angle-bracket template": (
        '{"Statement": [{"Resource": @<account-id>}]}',
        "template", "`<account-id>`", "put the value in",
    ),
    "a mustache template": ('{"Statement": [{"Resource": @{{ arn }}}]}', "template", "`{{ arn }}`", "put the value in"),
    "a mustache in a list": ('{"Statement": [@{{ statements }}]}', "template", "`{{ statements }}`", "put the value in"),
    "a Jinja statement": ('{"Statement": [@{% for s in all %}]}', "template", "`{% for s in all %}`", "put the value in"),
    "a whole template": ("@{{ policy }}", "template", "`{{ policy }}`", "put the value in"),
    "a shell variable": ('{"Statement": [{"Resource": @$ARN}]}', "template", "`$ARN`", "put the value in"),
    "a Terraform template": ('{"Statement": [{"Resource": @${var.arn}}]}', "template", "`${var.arn}`", "put the value in"),
    "a Python template": ('{"Statement": [{"Resource": @%s}]}', "template", "`%s`", "put the value in"),
    "dots": ('{"Statement": [@...]}', "template", "`...`", "put the value in"),
    "a CloudFormation Ref": ('{"Statement": [{"Resource": @{"Ref": "Key"}}]}', "template", "`Ref`", "put its value in"),
    "a CloudFormation function": (
        '{"Statement": [{"Resource": [@{"Fn::Sub": "x"}]}]}',
        "template", "`Fn::Sub`", "put its value in",
    ),
    # elements
    "a misspelt element": ('{"Statement": [{@"Actions": "a:b"}]}', "misspelt-element", "`Actions`", "`Action`"),
    "an element in another case": ('{"Statement": [{@"effect": "Allow"}]}', "misspelt-element", "`effect`", "`Effect`"),
    "a misspelt Statement": ('{@"statements": []}', "misspelt-element", "`statements`", "`Statement`"),
    "an unknown element": ('{"Statement": [{@"Owner": "me"}]}', "unknown-element", "`Owner`", "`Condition`"),
    "an unknown element of the policy": ('{"Statement": [], @"Owner": 1}', "unknown-element", "`Owner`", "`Statement`"),
    "an unknown element before other mistakes": ('{@"Owner": 1, "Statement": [}', "unknown-element", "`Owner`", "`Statement`"),
    "other JSON with mistakes": ('{@"name": 1, oops', "not-a-policy", "`name`", "`Statement`"),
    "a statement's element outside": (
        '{"Statement": [], @"Effect": "Allow"}',
        "misplaced-element", "`Effect`", "into a statement",
    ),
    "a policy's element inside": ('{"Statement": [{@"Version": "x"}]}', "misplaced-element", "`Version`", "top of the policy"),
    "no Statement": ('@{"Version": "2012-10-17"}', "missing-statement", "`Statement`", "add"),
    "no Effect": ('{"Statement": [@{"Action": "a:b", "Resource": "*"}]}', "missing-effect", "`Effect`", "Allow"),
    "no Action": ('{"Statement": @{"Effect": "Deny", "Resource": "*"}}', "missing-action", "`NotAction`", "kms:Decrypt"),
    "no Resource": ('{"Statement": @{"Effect": "Deny", "Action": "*"}}', "missing-resource", "`NotResource`", "`Principal`"),
    "Action and NotAction": (
        '{"Statement": {"Effect": "Deny", "Action": "*",\n@"NotAction": "a:b", "Resource": "*"}}',
        "both-actions",
        "line 1, column 34",
        "two statements",
    ),
    "NotResource and Resource": (
        '{"Statement": {"Effect": "Deny", "Action": "*",\n"NotResource": "a", @"Resource": "*"}}',
        "both-resources",
        "line 2, column 1",
        "two statements",
    ),
    "Principal and NotPrincipal": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Principal": "*", @"NotPrincipal": "*"}}',
        "both-principals",
        "line 1, column 49",
        "two statements",
    ),
    "Effect in another case": ('{"Statement": {"Effect": @"allow"}}', "bad-effect", "`allow`", "`Allow`"),
    "another Effect": ('{"Statement": {"Effect": @"Grant"}}', "bad-effect", "`Grant`", "`Allow` or `Deny`"),
    "another Version": ('{"Version": @"2012-10-18", "Statement": []}', "unknown-version", "`2012-10-18`", "`2012-10-17`"),
    "a duplicate of the policy": (
        '{"Version": "2012-10-17", @"Version": "2012-10-17", "Statement": []}',
        "duplicate-member",
        "first at line 1, column 2",
        "keep one",
    ),
    "a duplicate Effect": (
        '{"Statement": {"Effect": "Deny",\n @"Effect"\n: "Allow"}}',
        "duplicate-member",
        "`Effect` stands twice in one object: first at line 1, column 16",
        "keep one",
    ),
    "a duplicate Action": (
        '{"Statement": {"Effect": "Deny", "Action": "a:b", "Resource": "*", @"Action": "c:d"}}',
        "duplicate-member",
        "`Action`",
        "keep one",
    ),
    "a duplicate in disguise": (
        '{"Statement": {"Effect": "Deny", @"\\u0045ffect": "Allow"}}',
        "duplicate-member",
        "first at line 1, column 16",
        "keep one",
    ),
    "a duplicate operator": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*",\n"Condition": {"Bool": {}, @"Bool": {}}}}',
        "duplicate-member",
        "`Bool`",
        "keep one",
    ),
    "a duplicate key": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"k": "true", @"k": "true"}}}}',
        "duplicate-member",
        "`k`",
        "keep one",
    ),
    "an unknown operator": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {@"StringEqual": {"k": "v"}}}}',
        "unknown-operator",
        "`StringEqual`",
        "`StringEquals`",
    ),
    "Null with IfExists": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {@"NullIfExists": {"k": "true"}}}}',
        "unknown-operator",
        "`NullIfExists`",
        "without IfExists",
    ),
    "a key where an operator stands": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {@"kms:ViaService": {"a": "b"}}}}',
        "unknown-operator",
        "`kms:ViaService`",
        "`StringEquals`",
    ),
    # principals
    "a bare principal": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Principal": @"111122223333"}}',
        "bad-principal",
        "`111122223333`",
        '`{"AWS": "..."}`',
    ),
    "no principal": ('{"Statement": {"Effect": "Deny", "Action": "*", "Principal": @{}}}', "bad-principal", "empty", "`AWS`"),
    "a principal's kind in another case": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Principal": {@"aws": "*"}}}',
        "unknown-principal",
        "`aws`",
        "`AWS`",
    ),
    "a duplicate kind": (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Principal": {"AWS": "*", @"AWS": "*"}}}',
        "duplicate-member",
        "`AWS`",
        "keep one",
    ),
    # wrong types
    "a number for Version": ('{"Version": @2012}', "wrong-type", "`Version` is a number", '"2012-10-17"'),
    "a list for Effect": ('{"Statement": {"Effect": @["Allow"]}}', "wrong-type", "`Effect` is a list", '`"Effect": "Allow"`'),
    "a boolean for Effect": ('{"Statement": {"Effect": @true}}', "wrong-type", "a boolean", '`"Effect": "Allow"`'),
    "an object for Action": ('{"Statement": {"Action": @{"a": 1}}}', "wrong-type", "`Action` is an object", "kms:Decrypt"),
    "null for Action": ('{"Statement": {"Action": @null}}', "wrong-type", "`Action` is `null`", "kms:Decrypt"),
    "a number among actions": ('{"Statement": {"Action": ["a:b", @1]}}', "wrong-type", "an item of `Action`", "["),
    "a list among resources": ('{"Statement": {"NotResource": ["a", @["b"]]}}', "wrong-type", "an item of `NotResource`", "["),
    "a string for Statement": ('{"Statement": @"Allow"}', "wrong-type", "`Statement` is a string", "Effect"),
    "strings for statements": (
        '{"Statement": [ @"Allow", "Deny"]}',
        "wrong-type", "an item of `Statement` is a string", "Effect",
    ),
    "a list for Condition": ('{"Statement": {"Condition": @[]}}', "wrong-type", "`Condition` is a list", "StringEquals"),
    "a string for an operator": (
        '{"Statement": {"Condition": {"Bool": @"x"}}}',
        "wrong-type", "`Bool` is a string", "StringEquals",
    ),
    "an object for a key": (
        '{"Statement": {"Condition": {"Bool": {"k": @{}}}}}',
        "wrong-type", "`k` is an object", "StringEquals",
    ),
    "null among values": (
        '{"Statement": {"Condition": {"Bool": {"k": ["a", @null]}}}}',
        "wrong-type", "an item of `k`", "StringEquals",
    ),
    "a list for Principal": ('{"Statement": {"Principal": @["*"]}}', "wrong-type", "`Principal` is a list", "AWS"),
    "a number for a principal": ('{"Statement": {"Principal": {"AWS": @1}}}', "wrong-type", "`AWS` is a number", "AWS"),
    # nesting
    "lists in lists": ("@" + "[" * 200_000, "too-deep", "64", "six deep"),
    "closed lists in lists": ('{"Statement": [@' + "[" * 100 + "]" * 102 + "}", "too-deep", "64", "six deep"),
    "objects in objects": ('{@"a":' + '{"a":' * 200_000, "too-deep", "64", "six deep"),
    "deep below an element": ('{"Statement": [@' + "[" * 200_000, "too-deep", "64", "six deep"),
    "deep below a condition": ('{"Statement": {"Condition": {"Bool": {"k": [@' + "[" * 200_000, "too-deep", "64", "six deep"),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "code", "message", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_has_its_code_place_message_and_hint(marked: str, code: str, message: str, hint: str) -> None:
    """A labelled mistake is refused with its own code, at its own place, in words that quote it and say what to do."""
    before, _, after = marked.partition("@")
    with pytest.raises(PolicySyntaxError) as caught:
        parse(before + after)
    error = caught.value
    assert error.code == code
    assert message in error.message
    assert error.hint is not None
    assert hint in error.hint
    assert error.span is not None
    assert error.span.start == len(before)
    assert (error.line, error.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.mark.parametrize(("marked", "code", "message", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_messages_follow_the_house_style(marked: str, code: str, message: str, hint: str) -> None:
    """A message starts in lower case, is one line, and ends without a period."""
    del code, message, hint
    with pytest.raises(PolicySyntaxError) as caught:
        parse(marked.replace("@", "", 1))
    for words in (caught.value.message, caught.value.hint):
        assert words is not None
        assert words.isprintable()
        assert not words.endswith(".")
        assert not words[0].isupper() or words.startswith(("AWS", "JSON", "Terraform"))
