// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice Ten thousand applications (ten runs of a thousand) to a full house of vaults with random faults, against a
/// model of a few lines: who fails, how often, who is passed over and who is where.
contract FaultsTest is ExecutorTest {
    /// @dev What the executor must know of a vault, and what the vault must have done.
    struct Model {
        uint256 version;
        uint256 failures;
        bool quarantined;
        mapping(uint256 version => uint256) times;
    }

    uint256 private constant APPLICATIONS = 1000;
    uint256 private constant VAULTS = 32;
    uint256 private constant MOODS = uint256(type(HostileVault.Mood).max) + 1;

    HostileVault[] private _vaults;
    mapping(HostileVault vault => Model) private _models;
    uint256 private _random;

    uint256 private _successes;
    uint256 private _failures;
    uint256 private _passedOver;
    uint256 private _outOfGas;
    uint256 private _returns;

    function setUp() public override {
        super.setUp();
        uint8[3] memory modules = [0, 1, 3];
        for (uint256 i = 0; i < VAULTS; ++i) {
            _vaults.push(_enlisted(modules[i % 3]));
        }
    }

    /// @notice Every healthy vault is at the right version after each call, no vault takes a version over twice, none
    /// is lost, and who calls with how much gas decides nothing.
    /// forge-config: default.fuzz.runs = 10
    /// forge-config: long.fuzz.runs = 200
    function test_thousandApplications(uint256 seed) public {
        _random = seed;
        while (_successes + _failures < APPLICATIONS) {
            if (_draw(4) != 0) _commitSomething();
            for (uint256 i = 0; i < VAULTS; ++i) {
                bool good = _draw(3) == 0;
                _vaults[i].feel(HostileVault.Mood(good ? 0 : _draw(MOODS)));
            }
            uint256 kind = _draw(16);
            if (kind < 8) _all();
            else if (kind < 14) _some();
            else if (kind == 14) _comeAndGo();
            else _starve();
            _assertAsModelled();
        }
        _assertNothingIsLost();
        assertGt(_successes, APPLICATIONS / 4);
        assertGt(_failures, APPLICATIONS / 4);
        assertGt(_passedOver, 50);
        assertGt(_outOfGas, 0);
        assertGt(_returns, 0);
    }

    /* ACTS */

    function _all() private {
        uint256 expected = 0;
        for (uint256 i = 0; i < VAULTS; ++i) {
            Model storage model = _models[_vaults[i]];
            if (!model.quarantined) expected += _push(_vaults[i]);
            else if (model.version < registry.version(CORE)) ++_passedOver;
        }
        assertEq(_applyAll(), expected);
    }

    /// @dev By name, in any order, some of them twice.
    function _some() private {
        address[] memory names = new address[](1 + _draw(12));
        uint256 expected = 0;
        for (uint256 i = 0; i < names.length; ++i) {
            HostileVault vault = _vaults[_draw(VAULTS)];
            names[i] = address(vault);
            expected += _push(vault);
        }
        vm.prank(anyone);
        assertEq(executor.applyTo(CORE, names), expected);
    }

    /// @dev A call that runs out of gas anywhere changes nothing; one that does not is as good as any.
    function _starve() private {
        uint256 gas = 40_000 + _draw(3_000_000);
        bytes32 before = _recordsHash();
        (bool ok,) = address(executor).call{gas: gas}(abi.encodeCall(executor.applyAll, (CORE)));
        if (!ok) {
            ++_outOfGas;
            assertEq(_recordsHash(), before);
            return;
        }
        for (uint256 i = 0; i < VAULTS; ++i) {
            if (!_models[_vaults[i]].quarantined) _push(_vaults[i]);
        }
    }

    /// @dev A vault is removed and enlisted again: its version stays, its failures are forgotten.
    function _comeAndGo() private {
        uint256 place = _draw(VAULTS);
        HostileVault vault = _vaults[place];
        vault.feel(HostileVault.Mood.Good);
        vm.startPrank(curator);
        executor.delist(address(vault));
        executor.enlist(CORE, address(vault));
        vm.stopPrank();
        (_models[vault].failures, _models[vault].quarantined) = (0, false);
        ++_returns;
    }

    function _commitSomething() private {
        skip(1);
        uint16 key = [FEE, SLIPPAGE, INTERVAL][_draw(3)];
        int256 value = _value(key);
        _set(_change(key, value, value % 2 == 0 ? value + 1 : value - 1));
    }

    /* THE MODEL */

    /// @return One where the vault is newly at the version.
    function _push(HostileVault vault) private returns (uint256) {
        Model storage model = _models[vault];
        uint256 version = registry.version(CORE);
        if (model.version == version) return 0;
        if (_keepsItsWord(vault.mood())) {
            (model.version, model.failures, model.quarantined) = (version, 0, false);
            ++model.times[version];
            ++_successes;
            return 1;
        }
        if (model.failures < 255) ++model.failures;
        if (model.failures >= 3) model.quarantined = true;
        ++_failures;
        return 0;
    }

    function _keepsItsWord(HostileVault.Mood mood) private pure returns (bool) {
        return mood == HostileVault.Mood.Good || mood == HostileVault.Mood.ReturnsMegabytes
            || mood == HostileVault.Mood.SelfDestructs;
    }

    function _assertAsModelled() private view {
        for (uint256 i = 0; i < VAULTS; ++i) {
            HostileVault vault = _vaults[i];
            Model storage model = _models[vault];
            IParameterExecutor.Record memory record = _record(vault);
            assertEq(record.strategyId, CORE);
            assertEq(record.appliedVersion, model.version, "version in the record");
            assertEq(vault.appliedVersion(), model.version, "version in the vault");
            assertEq(record.failures, model.failures, "failures");
            assertTrue(record.quarantined == model.quarantined, "quarantine");
        }
    }

    function _assertNothingIsLost() private {
        for (uint256 i = 0; i < VAULTS; ++i) {
            _vaults[i].feel(HostileVault.Mood.Good);
        }
        _applyAll();
        address[] memory names = executor.vaultsOf(CORE);
        assertEq(names.length, VAULTS);
        uint256 last = registry.version(CORE);
        for (uint256 i = 0; i < VAULTS; ++i) {
            HostileVault vault = _vaults[i];
            if (_models[vault].quarantined) _applyTo(address(vault));
            if (_models[vault].version != last) ++_models[vault].times[last];
            _assertCurrent(vault);
            for (uint256 version = 1; version <= last; ++version) {
                assertEq(vault.times(version), _models[vault].times[version], "once");
                assertLe(vault.times(version), 1);
            }
        }
    }

    function _recordsHash() private view returns (bytes32 hash) {
        for (uint256 i = 0; i < VAULTS; ++i) {
            hash = keccak256(abi.encode(hash, _record(_vaults[i]), _vaults[i].appliedVersion()));
        }
    }

    function _draw(uint256 below) private returns (uint256) {
        _random = uint256(keccak256(abi.encode(_random)));
        return _random % below;
    }
}
