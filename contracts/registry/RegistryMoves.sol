// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {SpecLib} from "../libraries/SpecLib.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title What binds the move of one parameter in each lane, and how moves become a version
abstract contract RegistryMoves is RegistryBase {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @dev What one call carries from change to change.
    struct Pass {
        /// @dev The open word: its values, their times, the lanes that the call states, those that it must, and the
        /// mask of those that it has changed.
        uint256 values;
        uint256 times;
        uint256 stated;
        uint256 coupled;
        uint256 changed;
        /// @dev The words of the open module, and the hash of the modules that have changed.
        uint256[] words;
        bytes32 wordsHash;
        bytes32 strategyId;
        IParamValidator validator;
        uint256 lane;
        bool someKeyFrozen;
    }

    uint256 internal constant GOVERNANCE = 0;
    uint256 internal constant STEWARD = 1;
    uint256 internal constant GUARDIAN = 2;
    /// @dev Governance goes back to an earlier version.
    uint256 internal constant RESTORATION = 3;

    // A lane is a constant of the call, though it travels beside times.
    // slither-disable-start incorrect-equality

    /* MOVES */

    function _begin(bytes32 strategyId, Head memory head_, uint256 lane)
        internal
        view
        returns (Pass memory pass)
    {
        pass.strategyId = strategyId;
        pass.lane = lane;
        pass.validator = head_.validator;
        pass.someKeyFrozen = lane != GUARDIAN && block.timestamp < head_.keysFrozenUntil;
    }

    /// @dev Moves a parameter in the open word. `from` is its value, `to` another one. Once both are within bounds, their
    /// distance cannot overflow.
    function _move(Pass memory pass, uint256 spec, uint256 key, int256 from, int256 to) internal {
        if (pass.someKeyFrozen) _checkKeyNotFrozen(_strategies[pass.strategyId], key);
        _checkBounds(key, spec, to);
        uint256 changedAt = pass.times.lane(key & 7);
        if (pass.lane == GOVERNANCE) {
            uint256 distance;
            unchecked {
                distance = uint256(to > from ? to - from : from - to);
            }
            uint256 jump = spec.jump(from);
            if (distance > jump) {
                // The jump of an abdicated parameter is zero, so a change that is taken never asks for it.
                _checkNotAbdicated(key, spec);
                revert JumpTooLarge(uint16(key), distance, jump);
            }
        } else {
            _checkOther(pass, key, spec, from, to, changedAt);
        }
        // Else one proposal of several calls would jump several times at once.
        if (changedAt == block.timestamp && pass.lane != GUARDIAN) {
            revert ChangedJustNow(uint16(key), changedAt);
        }
        uint256 mask = LaneLib.mask(key & 7);
        pass.changed |= mask;
        pass.values = spec.write(pass.values, mask, to);
    }

    /// @dev What binds a move where governance does not set parameters. The steward and the guardian also leave an anchor.
    function _checkOther(
        Pass memory pass,
        uint256 key,
        uint256 spec,
        int256 from,
        int256 to,
        uint256 changedAt
    ) private {
        if (pass.lane == RESTORATION) return _checkNotAbdicated(key, spec);
        Strategy storage strategy = _strategies[pass.strategyId];
        if (pass.lane == STEWARD) _checkStep(strategy, key, spec, from, to, changedAt);
        else _checkReduction(key, spec, from, to);
        _anchor(strategy, key, spec, from, changedAt);
    }

    function _checkStep(
        Strategy storage strategy,
        uint256 key,
        uint256 spec,
        int256 from,
        int256 to,
        uint256 changedAt
    ) private view {
        bool up = to > from;
        uint256 distance;
        unchecked {
            distance = uint256(up ? to - from : from - to);
        }
        uint256 step = spec.step(up, from);
        if (distance > step) {
            _checkNotAbdicated(key, spec);
            revert StepTooLarge(uint16(key), distance, step);
        }
        if (spec.reducesRisk(up)) return;
        uint256 until = changedAt + spec.cooldown();
        if (block.timestamp < until) revert CoolingDown(uint16(key), until);
        int256 anchor = _anchorOf(strategy, spec, key, from, changedAt);
        uint256 reach = spec.jump(anchor);
        // On the other side of the anchor this is negative.
        // casting to 'int256' is safe: no jump reaches 2**160
        if ((up ? to - anchor : anchor - to) > int256(reach)) {
            revert BeyondReach(uint16(key), to, anchor, reach);
        }
    }

    function _checkReduction(uint256 key, uint256 spec, int256 from, int256 to) private pure {
        _checkNotAbdicated(key, spec);
        if (!spec.reducesRisk(to > from)) revert AddsRisk(uint16(key), from, to);
    }

    /// @dev Notes what governance left, before the first change by somebody else.
    function _anchor(
        Strategy storage strategy,
        uint256 key,
        uint256 spec,
        int256 from,
        uint256 changedAt
    ) private {
        (uint256 word, uint256 mask) = (key >> 3, LaneLib.mask(key & 7));
        uint256 anchoredAt = strategy.anchoredAt[word];
        if (anchoredAt.lane(key & 7) != changedAt) {
            strategy.anchors[word] = spec.write(strategy.anchors[word], mask, from);
        }
        strategy.anchoredAt[word] = anchoredAt.fill(mask, uint32(block.timestamp));
    }

    /* A VERSION */

    /// @dev Writes the open word.
    function _writeWord(Strategy storage strategy, Pass memory pass, uint256 word) internal {
        strategy.values[word] = pass.words[word & 31] = pass.values;
        strategy.times[word] = pass.times.fill(pass.changed, uint32(block.timestamp));
    }

    /// @dev Validates the open module, which has changed, and folds it into the hash.
    function _closeModule(Pass memory pass, uint256 module) internal view {
        if (pass.lane == GUARDIAN) {
            pass.validator.validateReduction(pass.strategyId, uint8(module), pass.words);
        } else {
            pass.validator.validate(pass.strategyId, uint8(module), pass.words);
        }
        pass.wordsHash = _addModule(pass.wordsHash, module, pass.words);
    }

    // slither-disable-end incorrect-equality

    /// @dev Moves the head and the chain of hashes on.
    function _commitVersion(
        Strategy storage strategy,
        uint256 version_,
        bytes32 reportHash,
        bytes32 wordsHash
    ) internal returns (bytes32 hash) {
        hash = _link(strategy.stateHash, version_, reportHash, wordsHash);
        strategy.stateHash = hash;
        strategy.head.version = uint32(version_);
    }

    function _link(bytes32 previousHash, uint256 version_, bytes32 reportHash, bytes32 wordsHash)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(previousHash, version_, reportHash, wordsHash));
    }

    /// @dev Folds a module into the hash of the words.
    function _addModule(bytes32 wordsHash, uint256 module, uint256[] memory words)
        internal
        pure
        returns (bytes32 folded)
    {
        // The number takes the place of the length while keccak256(abi.encodePacked(module, words)) is made.
        assembly ("memory-safe") {
            let size := mload(words)
            mstore(words, module)
            mstore(0, wordsHash)
            mstore(32, keccak256(words, mul(32, add(size, 1))))
            folded := keccak256(0, 64)
            mstore(words, size)
        }
    }
}
