// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice A rollback of one module by one parameter, from any state, with any proof of one later version.
/// @custom:proves only words in the chain of hashes come back, within today's bounds; the guardian only reduces risk
contract RollbackProof is AnyState {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @dev What the caller chooses.
    struct Call {
        uint32 version;
        bytes32 previousHash;
        bytes32 reportThen;
        uint32 value;
        bytes32 laterReport;
        bytes32 laterWords;
        uint40 notAfter;
        bytes32 reportHash;
    }

    /// @notice Governance restores proven words within bounds, not while frozen, and anchors them.
    function check_rollback_governance(Given memory given, Call memory call) public {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        OpenRegistry.Look memory later = _rollback(key, before, call, GOVERNOR);
        assert(call.reportHash != 0);
        assert(given.frozenUntil <= given.time && before.keyFrozenUntil <= given.time);
        assert(before.times.lane(key & 7) != given.time);
        _check(given, key, before, later, call);
        assert(_anchor(later, key) == _value(later, key));
    }

    /// @notice A guardian, and nobody else, restores proven words where each move reduces risk; anchors stay.
    function check_rollback_guardian(Given memory given, Call memory call, address by) public {
        vm.assume(by != GOVERNOR);
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        OpenRegistry.Look memory later = _rollback(key, before, call, by);
        assert(registry.hasRole(registry.GUARDIAN_ROLE(), by));
        _check(given, key, before, later, call);
        assert(before.spec.reducesRisk(_value(later, key) > _value(before, key)));
        assert(_anchor(later, key) == _anchor(before, key));
    }

    /// @notice Nobody brings a parameter back that was given up.
    function check_rollback_abdicated(Given memory given, Call memory call, address by) public {
        vm.assume(given.jump == 0);
        (uint16 key, OpenRegistry.Look memory before) = _given(given, ABDICATED);
        IStrategyRegistry.Proof memory proof = _proof(key, before, call);
        vm.prank(by);
        (bool done,) = address(registry)
            .call(abi.encodeCall(registry.rollbackTo, (id, proof, call.notAfter, call.reportHash)));
        assert(!done);
    }

    /* INSIDE */

    function _rollback(uint16 key, OpenRegistry.Look memory before, Call memory call, address by)
        private
        returns (OpenRegistry.Look memory later)
    {
        IStrategyRegistry.Proof memory proof = _proof(key, before, call);
        vm.prank(by);
        registry.rollbackTo(id, proof, call.notAfter, call.reportHash);
        later = registry.look(id, key);
    }

    /// @dev The other lanes of the module's words are what they were then.
    function _proof(uint16 key, OpenRegistry.Look memory before, Call memory call)
        private
        returns (IStrategyRegistry.Proof memory proof)
    {
        for (uint16 other = key & ~uint16(7); other < (key | 7) + 1; ++other) {
            if (other != key) registry.seedSpec(id, other, 0);
        }
        proof.version = call.version;
        proof.previousHash = call.previousHash;
        proof.reportHash = call.reportThen;
        proof.modules = new IStrategyRegistry.ModuleWords[](1);
        proof.modules[0].module = uint8(MODULE);
        proof.modules[0].words = new uint256[](2);
        proof.modules[0].words[0] = registry.wordOf(id, MODULE << 5);
        proof.modules[0].words[1] = before.word.withLane(key & 7, call.value);
        proof.later = new IStrategyRegistry.Link[](1);
        proof.later[0] = IStrategyRegistry.Link(call.laterReport, call.laterWords);
        vm.assume(call.version < type(uint32).max);
    }

    function _check(
        Given memory given,
        uint16 key,
        OpenRegistry.Look memory before,
        OpenRegistry.Look memory later,
        Call memory call
    ) private view {
        assert(given.time <= call.notAfter);
        uint256 word = before.word.withLane(key & 7, call.value);
        bytes32 wordsHash = _wordsHash(word);
        bytes32 then = _link(call.previousHash, call.version, call.reportThen, wordsHash);
        uint256 next = uint256(call.version) + 1;
        assert(before.stateHash == _link(then, next, call.laterReport, call.laterWords));
        assert(later.version == before.version + 1);
        assert(
            later.stateHash
                == _link(before.stateHash, before.version + 1, call.reportHash, wordsHash)
        );
        assert(later.word == word);
        assert(later.spec == before.spec && later.proposed == before.proposed);
        (int256 low, int256 high) = later.spec.bounds();
        assert(low <= _value(later, key) && _value(later, key) <= high);
        assert(later.times == before.times.withLane(key & 7, given.time));
    }

    function _wordsHash(uint256 word) private view returns (bytes32) {
        uint256 first = registry.wordOf(id, MODULE << 5);
        bytes32 moduleHash = keccak256(abi.encodePacked(MODULE, first, word));
        return keccak256(abi.encode(bytes32(0), moduleHash));
    }

    function _link(bytes32 previous, uint256 version, bytes32 reportHash, bytes32 wordsHash)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(previous, version, reportHash, wordsHash));
    }
}
