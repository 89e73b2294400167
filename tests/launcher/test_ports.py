"""Ports that are chosen once and stay."""

import socket

from launcher.ports import Ports, any_free, is_free


def test_a_port_is_remembered_by_its_name(tmp_path):
    first = Ports(tmp_path / "ports.json").get("gateway")
    assert Ports(tmp_path / "ports.json").get("gateway") == first


def test_no_two_names_share_a_port(tmp_path):
    ports = Ports(tmp_path / "ports.json")
    assert len({ports.get(f"process-{number}") for number in range(50)}) == 50


def test_a_preferred_port_is_taken_only_when_it_is_free(tmp_path):
    with listening() as (taken, _):
        assert Ports(tmp_path / "a.json").get("gateway", prefer=taken) != taken
    free = any_free(set())
    assert Ports(tmp_path / "b.json").get("gateway", prefer=free) == free


def test_a_port_that_a_stranger_has_taken_meanwhile_is_replaced(tmp_path):
    with listening() as (taken, _):
        (tmp_path / "ports.json").write_text(f'{{"gateway": {taken}}}')
        ports = Ports(tmp_path / "ports.json")
        assert ports.get_free("gateway", ours=lambda: True) == taken
        replaced = ports.get_free("gateway")
        assert replaced != taken
    assert Ports(tmp_path / "ports.json").get("gateway") == replaced


def test_a_chosen_port_is_nobody_elses_before_its_server_listens_there(tmp_path, monkeypatch):
    monkeypatch.setattr("launcher.ports.RANGE", range(31_000, 31_040))
    one, other = Ports(tmp_path / "one.json"), Ports(tmp_path / "other.json")
    chosen = [ports.get(f"process-{number}") for number in range(12) for ports in (one, other)]
    assert len(set(chosen)) == 24
    assert any_free(set()) not in chosen
    with socket.create_server(("127.0.0.1", chosen[0])) as server:
        socket.create_connection(server.getsockname()).close()


def test_a_port_somebody_listens_on_is_not_free():
    with listening() as (taken, listener):
        assert not is_free(taken)
        listener.close()
        assert is_free(taken)


class listening:  # noqa: N801 - reads as a verb
    """A stranger's server on a port of its own."""

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        return self._socket.getsockname()[1], self._socket

    def __exit__(self, *_):
        self._socket.close()
