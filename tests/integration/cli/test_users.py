from tests.integration.cli.conftest import Run, words

ADD = "user add anna --password-stdin"


def _add(run: Run, options: str = "") -> None:
    result = run(f"{ADD} {options}", stdin="correct horse\n")
    assert result.exit_code == 0, result.output


def test_a_user_with_a_phone_is_listed(run: Run) -> None:
    _add(run, "--role manager --display-name Anna --extension 101 --device PJSIP/101 --device PJSIP/1101")

    listed = words(run("user list").stdout)
    assert "anna Anna manager 101 PJSIP/101, PJSIP/1101" in listed


def test_the_password_is_asked_for_twice(run: Run) -> None:
    result = run("user add anna", stdin="correct horse\nhorse correct\ncorrect horse\ncorrect horse\n")

    assert result.exit_code == 0
    assert "correct horse" not in result.output


def test_a_short_password_is_refused(run: Run) -> None:
    result = run(ADD, stdin="1234567\n")

    assert result.exit_code == 1
    assert "8 to 200 characters" in result.stderr
    assert "anna" not in run("user list").stdout


def test_what_is_taken_is_refused_and_nothing_is_left_half(run: Run) -> None:
    _add(run, "--extension 101 --device PJSIP/101")

    assert "already a user ANNA" in run("user add ANNA --password-stdin", stdin="correct horse\n").stderr
    result = run("user add ben --password-stdin --extension 101 --device PJSIP/102", stdin="correct horse\n")
    assert result.exit_code == 1
    assert "Extension 101 belongs to another agent" in result.stderr
    assert "ben" not in run("user list").stdout


def test_an_agent_needs_extension_and_device(run: Run) -> None:
    for options in ("--extension 101", "--device PJSIP/101"):
        result = run(f"{ADD} {options}", stdin="correct horse\n")
        assert (result.exit_code, "needs both" in result.stderr) == (1, True)
    assert "PJSIP/101" in run(f"{ADD} --extension 101 --device 101", stdin="correct horse\n").stderr


def test_with_several_pbxs_it_must_be_said_which(run: Run) -> None:
    pbxs = {"CTI_CRM_PBX": '[{"name": "main"}, {"name": "branch"}]'}
    phone = f"{ADD} --extension 101 --device PJSIP/101"

    assert "--pbx main or --pbx branch" in run(phone, stdin="correct horse\n", **pbxs).stderr
    assert "no PBX north" in run(f"{phone} --pbx north", stdin="correct horse\n", **pbxs).stderr
    assert run(f"{phone} --pbx branch", stdin="correct horse\n", **pbxs).exit_code == 0


def test_phones_can_be_changed(run: Run) -> None:
    _add(run)
    assert run("user phone anna --extension 201 --device PJSIP/201").exit_code == 0

    assert "201 PJSIP/201" in words(run("user list").stdout)


def test_disabling_frees_the_extension(run: Run) -> None:
    _add(run, "--extension 101 --device PJSIP/101")
    assert run("user disable anna").exit_code == 0
    result = run("user add ben --password-stdin --extension 101 --device PJSIP/101", stdin="correct horse\n")
    assert result.exit_code == 0

    listed = words(run("user list").stdout)
    assert "anna anna agent disabled" in listed
    assert "ben ben agent 101 PJSIP/101" in listed
    assert run("user enable anna").exit_code == 0
    assert "disabled" not in run("user list").stdout


def test_another_password(run: Run) -> None:
    _add(run)

    assert run("user password anna --password-stdin", stdin="battery staple\n").exit_code == 0
    assert run("user password anna --password-stdin", stdin="short\n").exit_code == 1


def test_nobody_is_not_found(run: Run) -> None:
    for line in ("user disable nobody", "user enable nobody", "token add --user nobody"):
        result = run(line)
        assert (result.exit_code, result.stderr) == (1, "There is no user nobody.\n")


def test_a_token_is_all_that_stands_on_standard_output(run: Run) -> None:
    _add(run)
    result = run("token add --user anna --name import")

    assert result.exit_code == 0
    assert result.stdout.startswith("cti_")
    assert len(result.stdout.split()) == 1
    assert "not shown again" in result.stderr
