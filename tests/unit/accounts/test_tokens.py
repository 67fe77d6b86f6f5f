from cti_crm.accounts.tokens import csrf_token, is_csrf_token, new_token, token_hash


def test_tokens_are_long_and_differ() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43  # 256 bits in base64


def test_what_is_stored_is_not_the_token() -> None:
    token = new_token()

    assert len(token_hash(token)) == 32
    assert token.encode() not in token_hash(token)


def test_a_csrf_token_belongs_to_one_session() -> None:
    mine, other = new_token(), new_token()

    assert is_csrf_token(mine, csrf_token(mine))
    assert not is_csrf_token(mine, csrf_token(other))
    assert not is_csrf_token(mine, "")
    assert not is_csrf_token(mine, "ü")
    assert mine not in csrf_token(mine)
