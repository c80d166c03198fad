// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {StrategyRegistry} from "../../contracts/StrategyRegistry.sol";
import {HostileVault} from "../forge/doubles/HostileVault.sol";
import {Actor, System} from "./System.sol";

/// @title Those who hold a power: governance, a steward and a guardian whose keys are stolen, and anyone who applies
/// @notice Whatever a lane accepts is one version more, within every bound, no farther than the lane may go.
contract Powers is Actor {
    using SpecLib for uint256;

    uint40 private constant FOREVER = type(uint40).max;

    bytes32 private constant REPORT = keccak256("report");

    /// @notice What a version left, for a proof of it.
    struct Left {
        bytes32 stateHash;
        bytes32 reportHash;
        bytes32 wordsHash;
        uint256[] words;
    }

    uint16[] private _keys;
    /// @dev That of version 1 is the first.
    Left[] private _history;
    /// @dev The specs as they were listed: wider ones are none of the catalogue's.
    mapping(uint16 key => uint256) private _listed;
    /// @notice Hashes of the states so far: none comes twice.
    mapping(bytes32 stateHash => bool) private _seen;
    /// @dev What governance left of each parameter.
    mapping(uint16 key => int256) private _left;

    constructor(System memory system_, uint16[] memory keys) Actor(system_) {
        _keys = keys;
        _remember(0);
        for (uint256 i = 0; i < keys.length; ++i) {
            _left[keys[i]] = system.registry.valueOf(CORE, keys[i]);
            _listed[keys[i]] = system.registry.specOf(CORE, keys[i]);
        }
    }

    /// @notice A vote moves two weights.
    function voteWeights(uint256 from, uint256 to, uint256 by) external act {
        _pass(1 hours);
        (from, to) = (from % ASSETS, to % ASSETS);
        if (from == to) return;
        IStrategyRegistry.Change[] memory changes = new IStrategyRegistry.Change[](ASSETS);
        for (uint256 i = 0; i < ASSETS; ++i) {
            int256 value = system.registry.valueOf(CORE, uint16(i));
            changes[i] = IStrategyRegistry.Change(uint16(i), value, value);
        }
        by = bound(by, 1, 2500);
        changes[from].to -= int256(by);
        changes[to].to += int256(by);
        bytes memory call =
            abi.encodeCall(system.registry.setParams, (CORE, changes, 0, FOREVER, REPORT));
        if (_try(system.governor, call, changes, "voteWeights")) _leave(changes);
    }

    /// @notice A vote moves a rule.
    function voteRule(uint256 which, uint256 distance, bool up) external act {
        _pass(1 hours);
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, true);
        bytes memory call =
            abi.encodeCall(system.registry.setParams, (CORE, changes, 0, FOREVER, REPORT));
        if (_try(system.governor, call, changes, "voteRule")) _leave(changes);
    }

    /// @notice The steward's stolen key moves a rule; however often, no farther from what governance left than one vote.
    function stewardMoves(uint256 which, uint256 distance, bool up) external act {
        _pass(1 hours);
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, false);
        uint32 version = uint32(system.registry.version(CORE));
        bytes memory call =
            abi.encodeCall(system.registry.stewardSet, (CORE, changes, version, FOREVER, REPORT));
        if (_try(system.steward, call, changes, "stewardMoves")) _assertWithinReach(changes[0]);
    }

    /// @notice The guardian's stolen key moves a rule.
    function guardianMoves(uint256 which, uint256 distance, bool up) external act {
        _pass(1 hours);
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, true);
        bytes memory call = abi.encodeCall(system.registry.guardianReduce, (CORE, changes));
        uint256 spec = system.registry.specOf(CORE, changes[0].key);
        bool moved = _try(system.guardian, call, changes, "guardianMoves");
        if (moved) assertTrue(spec.reducesRisk(changes[0].to > changes[0].from), "adds risk");
    }

    /// @notice The guardian freezes for as long as it can, or lifts a freeze; nobody else's act does.
    function freeze(uint256 seconds_, bool lift) external act {
        vm.startPrank(system.guardian);
        if (lift) {
            try system.registry.unfreeze(CORE) {
                _done("unfreeze");
            } catch {}
        } else {
            uint256 until = block.timestamp + bound(seconds_, 1, 2 days);
            try system.registry.freeze(CORE, uint40(until)) {
                _done("freeze");
            } catch {}
        }
        vm.stopPrank();
        assertLe(system.registry.head(CORE).frozenUntil, block.timestamp + 14 days);
    }

    /// @notice The guardian freezes one parameter, or lifts its freeze.
    function freezeKey(uint256 which, uint256 seconds_, bool lift) external act {
        uint16 key = _keys[which % _keys.length];
        uint256 until = block.timestamp + bound(seconds_, 1, 2 days);
        bytes memory call = lift
            ? abi.encodeCall(system.registry.unfreezeKey, (CORE, key))
            : abi.encodeCall(system.registry.freezeKey, (CORE, key, uint40(until)));
        uint256 frozen = system.registry.keyFrozenUntil(CORE, key);
        vm.prank(system.guardian);
        (bool ok,) = address(system.registry).call(call);
        // A freeze is made longer or ended, never made shorter.
        assertEq(ok, lift ? frozen > block.timestamp : frozen < until);
        assertLe(system.registry.keyFrozenUntil(CORE, key), block.timestamp + 14 days);
        if (ok) _done(lift ? bytes32("unfreezeKey") : bytes32("freezeKey"));
    }

    /// @notice Governance narrows limits or proposes those of the listing again; anyone activates a proposal, governance or
    /// the guardian cancels it.
    function governSpecs(uint256 kind, uint256 which, bool flag, address anyone) external act {
        if (kind % 5 < 2) return _narrow(which, kind % 4);
        if (kind % 5 == 2) return _propose(which);
        if (kind % 5 == 3) return _activate(which, flag, anyone);
        _cancel(which, flag);
    }

    /// @dev No field has more room, and the value is within the limits.
    function _narrow(uint256 which, uint256 field) private {
        _pass(1 hours);
        uint16 key = _keys[which % _keys.length];
        uint256 before = system.registry.specOf(CORE, key);
        uint256 spec = _narrower(key, before, field % 4);
        bytes memory call = abi.encodeCall(system.registry.narrowSpec, (CORE, key, spec));
        if (!_trySpec(system.governor, call, "narrow")) return;
        uint256 later = system.registry.specOf(CORE, key);
        assertTrue(later.isWithin(before) && later.sameKind(before), "not narrower");
        (uint256 proposed,) = system.registry.proposedSpecOf(CORE, key);
        assertEq(proposed, 0);
    }

    /// @dev They wait for seven days.
    function _propose(uint256 which) private {
        _pass(1 hours);
        uint16 key = _narrowed(which);
        uint256 before = system.registry.specOf(CORE, key);
        bytes memory call = abi.encodeCall(system.registry.proposeSpec, (CORE, key, _listed[key]));
        if (!_trySpec(system.governor, call, "propose")) return;
        (, uint256 activeFrom) = system.registry.proposedSpecOf(CORE, key);
        assertEq(activeFrom, block.timestamp + 7 days);
        assertEq(system.registry.specOf(CORE, key), before);
    }

    /// @dev At its time, or before it, when it is refused; never while frozen.
    function _activate(uint256 which, bool wait, address anyone) private {
        (uint16 key, uint256 proposed, uint256 activeFrom) = _proposed(which);
        if (wait && activeFrom > block.timestamp) _pass(activeFrom - block.timestamp);
        bytes memory call = abi.encodeCall(system.registry.activateSpec, (CORE, key));
        if (!_trySpec(anyone, call, "activate")) return;
        assertTrue(activeFrom != 0 && activeFrom <= block.timestamp, "too early");
        assertLe(block.timestamp, activeFrom + 14 days);
        assertEq(system.registry.specOf(CORE, key), proposed);
        _assertThawed(key);
    }

    /// @dev The limits stay.
    function _cancel(uint256 which, bool byGuardian) private {
        (uint16 key, uint256 proposed,) = _proposed(which);
        uint256 before = system.registry.specOf(CORE, key);
        bytes memory call = abi.encodeCall(system.registry.cancelSpec, (CORE, key));
        bool ok = _trySpec(byGuardian ? system.guardian : system.governor, call, "cancel");
        assertEq(ok, proposed != 0);
        assertEq(system.registry.specOf(CORE, key), before);
        (proposed,) = system.registry.proposedSpecOf(CORE, key);
        assertEq(proposed, 0);
    }

    /// @notice Governance or the guardian brings back what an earlier version left; the guardian only to less risk.
    function rollBack(uint256 which, bool byGuardian) external act {
        _pass(1 hours);
        // Mostly a late one: the guardian finds a single step to more risk there.
        uint256 back = which % 4 == 0 ? which % _history.length : 1 + which % 3;
        if (back >= _history.length) return;
        uint256 version = _history.length - back;
        IStrategyRegistry.Change[] memory changes = _restored(version);
        address by = byGuardian ? system.guardian : system.governor;
        bytes memory call = abi.encodeCall(
            system.registry.rollbackTo,
            (CORE, _proof(version), FOREVER, byGuardian ? bytes32(0) : REPORT)
        );
        if (!_try(
                by, call, changes, byGuardian ? bytes32("rollBackGuardian") : bytes32("rollBack")
            )) return;
        if (!byGuardian) return _leave(changes);
        for (uint256 i = 0; i < changes.length; ++i) {
            uint256 spec = system.registry.specOf(CORE, changes[i].key);
            assertTrue(spec.reducesRisk(changes[i].to > changes[i].from), "adds risk");
            assertEq(system.registry.anchorOf(CORE, changes[i].key), _left[changes[i].key]);
        }
    }

    /// @notice Anyone brings all vaults, beside a hostile one in any mood.
    function applyAll(uint256 mood) external act {
        uint256 moods = uint256(type(HostileVault.Mood).max) + 1;
        system.hostile.feel(HostileVault.Mood(mood % moods));
        bool behind = system.vault.appliedVersion() != system.registry.version(CORE);
        system.executor.applyAll(CORE);
        assertEq(system.vault.appliedVersion(), system.registry.version(CORE), "held up");
        if (behind) _done("applyAll");
    }

    /// @notice Nobody without a power moves anything.
    function intrude(uint256 which, uint256 distance, bool up, address intruder) external act {
        if (intruder == system.governor || intruder == system.steward) return;
        if (intruder == system.guardian || intruder == address(system.executor)) return;
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, false);
        uint32 version = uint32(system.registry.version(CORE));
        bytes[] memory calls = _everything(changes[0], changes, version, intruder);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(intruder);
            (bool ok,) = address(system.registry).call(calls[i]);
            assertFalse(ok, "an intruder moved the registry");
        }
        uint256[] memory words = system.registry.wordsOf(CORE, 0);
        vm.prank(intruder);
        try system.vault.applyParams(version + 1, words) {
            assertTrue(false, "an intruder moved the vault");
        } catch {}
        _done("intrude");
    }

    /* INSIDE */

    /// @dev A call of every function that needs a power.
    function _everything(
        IStrategyRegistry.Change memory change,
        IStrategyRegistry.Change[] memory changes,
        uint32 version,
        address intruder
    ) private view returns (bytes[] memory calls) {
        StrategyRegistry registry = system.registry;
        uint16 key = change.key;
        uint40 until = uint40(block.timestamp + 1);
        uint256 spec = registry.specOf(CORE, key);
        calls = new bytes[](14);
        calls[0] = abi.encodeCall(registry.setParams, (CORE, changes, 0, FOREVER, REPORT));
        calls[1] = abi.encodeCall(registry.stewardSet, (CORE, changes, version, FOREVER, REPORT));
        calls[2] = abi.encodeCall(registry.guardianReduce, (CORE, changes));
        calls[3] = abi.encodeCall(registry.rollbackTo, (CORE, _proof(1), FOREVER, REPORT));
        calls[4] = abi.encodeCall(registry.freeze, (CORE, until));
        calls[5] = abi.encodeCall(registry.unfreeze, (CORE));
        calls[6] = abi.encodeCall(registry.freezeKey, (CORE, key, until));
        calls[7] = abi.encodeCall(registry.unfreezeKey, (CORE, key));
        calls[8] = abi.encodeCall(registry.narrowSpec, (CORE, key, _narrower(key, spec, 3)));
        calls[9] = abi.encodeCall(registry.proposeSpec, (CORE, key, _narrower(key, spec, 3)));
        calls[10] = abi.encodeCall(registry.cancelSpec, (CORE, key));
        calls[11] = abi.encodeCall(registry.abdicate, (CORE, key, change.from));
        calls[12] = abi.encodeCall(registry.grantRole, (registry.GUARDIAN_ROLE(), intruder));
        calls[13] = abi.encodeCall(
            registry.listStrategy,
            (
                "other",
                registry.head(CORE).validator,
                new uint256[](1),
                new IStrategyRegistry.Listing[](0)
            )
        );
    }

    /// @dev Limits change no value and no version; what is refused changes nothing.
    function _trySpec(address caller, bytes memory call, bytes32 name) private returns (bool ok) {
        bytes32 before = system.registry.stateHash(CORE);
        vm.prank(caller);
        (ok,) = address(system.registry).call(call);
        assertEq(system.registry.stateHash(CORE), before);
        _assertWithinBounds();
        if (ok) _done(name);
    }

    /// @dev A field with less room: a bound halfway to the value, steps three quarters of what they were, or a longer
    /// cool-down.
    function _narrower(uint16 key, uint256 spec, uint256 field) private view returns (uint256) {
        uint256 value = uint256(system.registry.valueOf(CORE, key));
        if (field == 0) return spec + (value - uint32(spec)) / 2;
        if (field == 1) return spec - (((uint32(spec >> 32) - value) / 2) << 32);
        if (field == 3) return spec + (uint256(1 hours) << 160);
        for (uint256 shift = 64; shift < 160; shift += 32) {
            spec -= (uint256(uint32(spec >> shift)) / 4) << shift;
        }
        return spec;
    }

    /// @return A parameter whose limits are not those of its listing, if there is one.
    function _narrowed(uint256 which) private view returns (uint16) {
        for (uint256 i = 0; i < _keys.length; ++i) {
            uint16 key = _keys[(which % _keys.length + i) % _keys.length];
            if (system.registry.specOf(CORE, key) != _listed[key]) return key;
        }
        return _keys[0];
    }

    /// @return key One with a proposal, if there is one.
    function _proposed(uint256 which)
        private
        view
        returns (uint16 key, uint256 spec, uint256 activeFrom)
    {
        for (uint256 i = 0; i < _keys.length && spec == 0; ++i) {
            key = _keys[(which % _keys.length + i) % _keys.length];
            (spec, activeFrom) = system.registry.proposedSpecOf(CORE, key);
        }
    }

    function _remember(bytes32 reportHash) private {
        uint256[] memory words = system.registry.wordsOf(CORE, 0);
        bytes32 moduleHash = keccak256(abi.encodePacked(uint256(0), words));
        bytes32 wordsHash = keccak256(abi.encode(bytes32(0), moduleHash));
        _history.push(Left(system.registry.stateHash(CORE), reportHash, wordsHash, words));
    }

    function _proof(uint256 version) private view returns (IStrategyRegistry.Proof memory proof) {
        Left memory left = _history[version - 1];
        if (version != 1) proof.previousHash = _history[version - 2].stateHash;
        (proof.version, proof.reportHash) = (uint32(version), left.reportHash);
        proof.modules = new IStrategyRegistry.ModuleWords[](1);
        proof.modules[0] = IStrategyRegistry.ModuleWords(0, left.words);
        proof.later = new IStrategyRegistry.Link[](_history.length - version);
        for (uint256 i = 0; i < proof.later.length; ++i) {
            Left storage later = _history[version + i];
            proof.later[i] = IStrategyRegistry.Link(later.reportHash, later.wordsHash);
        }
    }

    /// @return changes What must move for the words of a version.
    function _restored(uint256 version)
        private
        view
        returns (IStrategyRegistry.Change[] memory changes)
    {
        changes = new IStrategyRegistry.Change[](_keys.length);
        uint256 count = 0;
        for (uint256 i = 0; i < _keys.length; ++i) {
            uint16 key = _keys[i];
            int256 from = system.registry.valueOf(CORE, key);
            uint256 word = _history[version - 1].words[key >> 3];
            int256 to = system.registry.specOf(CORE, key).read(word, key & 7);
            if (from == to) continue;
            changes[count] = IStrategyRegistry.Change(key, from, to);
            ++count;
        }
        assembly ("memory-safe") {
            mstore(changes, count)
        }
    }

    function _assertThawed(uint16 key) private view {
        assertLe(system.registry.head(CORE).frozenUntil, block.timestamp);
        assertLe(system.registry.keyFrozenUntil(CORE, key), block.timestamp);
    }

    /// @dev A refused call changes nothing; one that is not is one version more, and within every bound.
    function _try(
        address caller,
        bytes memory call,
        IStrategyRegistry.Change[] memory changes,
        bytes32 name
    ) private returns (bool ok) {
        bytes32 before = system.registry.stateHash(CORE);
        uint256 version = system.registry.version(CORE);
        vm.prank(caller);
        (ok,) = address(system.registry).call(call);
        bytes32 hash = system.registry.stateHash(CORE);
        if (!ok) {
            assertEq(hash, before);
            assertEq(system.registry.version(CORE), version);
            return false;
        }
        assertEq(system.registry.version(CORE), version + 1);
        assertFalse(_seen[hash], "a state came twice");
        _seen[hash] = true;
        _remember(caller == system.guardian ? bytes32(0) : REPORT);
        for (uint256 i = 0; i < changes.length; ++i) {
            if (caller != system.guardian && changes[i].from != changes[i].to) {
                _assertThawed(changes[i].key);
            }
            assertEq(system.registry.valueOf(CORE, changes[i].key), changes[i].to);
        }
        _assertWithinBounds();
        _done(name);
    }

    function _assertWithinBounds() private view {
        for (uint256 i = 0; i < _keys.length; ++i) {
            (int256 low, int256 high) = system.registry.specOf(CORE, _keys[i]).bounds();
            int256 value = system.registry.valueOf(CORE, _keys[i]);
            assertTrue(low <= value && value <= high, "beyond the bounds");
        }
    }

    function _leave(IStrategyRegistry.Change[] memory changes) private {
        for (uint256 i = 0; i < changes.length; ++i) {
            _left[changes[i].key] = changes[i].to;
        }
    }

    function _assertWithinReach(IStrategyRegistry.Change memory change) private view {
        uint256 spec = system.registry.specOf(CORE, change.key);
        int256 left = _left[change.key];
        assertEq(system.registry.anchorOf(CORE, change.key), left);
        bool up = change.to > change.from;
        if (spec.reducesRisk(up)) return;
        int256 distance = up ? change.to - left : left - change.to;
        assertLe(distance, int256(spec.jump(left)), "beyond the reach");
    }

    /// @dev A move of one rule, three times in four no farther than the lane's jump or step.
    function _move(uint256 which, uint256 distance, bool up, bool jump)
        private
        view
        returns (IStrategyRegistry.Change[] memory changes)
    {
        uint16 key = _keys[ASSETS + which % (_keys.length - ASSETS)];
        int256 value = system.registry.valueOf(CORE, key);
        uint256 spec = system.registry.specOf(CORE, key);
        uint256 reach = jump ? spec.jump(value) : spec.step(up, value);
        if (which % 4 == 0) reach = 4 * reach + 1;
        int256 by = int256(bound(distance, 1, reach == 0 ? 1 : reach));
        changes = new IStrategyRegistry.Change[](1);
        changes[0] = IStrategyRegistry.Change(key, value, up ? value + by : value - by);
    }
}
