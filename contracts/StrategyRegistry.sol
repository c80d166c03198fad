// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "./interfaces/IStrategyRegistry.sol";
import {SpecLib} from "./libraries/SpecLib.sol";
import {RegistryBase} from "./registry/RegistryBase.sol";
import {RegistryFreezes} from "./registry/RegistryFreezes.sol";
import {RegistryListing} from "./registry/RegistryListing.sol";
import {RegistryRollback} from "./registry/RegistryRollback.sol";
import {RegistrySpecs} from "./registry/RegistrySpecs.sol";
import {RegistryViews} from "./registry/RegistryViews.sol";

/// @title StrategyRegistry
/// @notice The heart: what the parameters of every strategy are, who may move them, how far and how fast.
/// @dev STORAGE. A version reads the spec of each key and the words of each module that it touches, and writes the
/// head, the state hash and, for each word that changes, its values and their times. Nothing else is on governance's
/// path; the steward and the guardian also note what governance left.
///
/// ONE PASS. The changes of a call ascend by key, so those of a word, and the words of a module, lie together: each
/// word is read, changed and written once, each module is validated and hashed once, on leaving it.
///
/// TRUST. The governor (a timelock) names the steward, the guardian and, at listing, the validator. It is bound by the
/// specs that it listed, which it may narrow at once and widen slowly. The validator is called with STATICCALL: it can
/// refuse a change and never make one.
contract StrategyRegistry is
    RegistryFreezes,
    RegistryListing,
    RegistryRollback,
    RegistrySpecs,
    RegistryViews
{
    using SpecLib for uint256;

    /// @param governor_ The timelock: it alone lists strategies, changes them in the governance lane and grants roles.
    constructor(address governor_) RegistryBase(governor_) {}

    /* LANES */

    /// @inheritdoc IStrategyRegistry
    function setParams(
        bytes32 strategyId,
        Change[] calldata changes,
        uint40 notBefore,
        uint40 notAfter,
        bytes32 reportHash
    ) external {
        _checkGovernor();
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        if (block.timestamp < notBefore) revert TooEarly(notBefore, block.timestamp);
        _checkNotLate(notAfter);
        _checkReport(reportHash);
        _checkNotFrozen(strategyId, head_);
        _commit(strategyId, strategy, head_, changes, GOVERNANCE, reportHash);
    }

    /// @inheritdoc IStrategyRegistry
    function stewardSet(
        bytes32 strategyId,
        Change[] calldata changes,
        uint32 expectedVersion,
        uint40 notAfter,
        bytes32 reportHash
    ) external onlyRole(STEWARD_ROLE) {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        _checkNotLate(notAfter);
        if (expectedVersion != head_.version) revert VersionMoved(expectedVersion, head_.version);
        _checkReport(reportHash);
        _checkNotFrozen(strategyId, head_);
        _commit(strategyId, strategy, head_, changes, STEWARD, reportHash);
    }

    /// @inheritdoc IStrategyRegistry
    function guardianReduce(bytes32 strategyId, Change[] calldata changes)
        external
        onlyRole(GUARDIAN_ROLE)
    {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        _commit(strategyId, strategy, head_, changes, GUARDIAN, 0);
    }

    /* A VERSION */

    function _commit(
        bytes32 strategyId,
        Strategy storage strategy,
        Head memory head_,
        Change[] calldata changes,
        uint256 lane,
        bytes32 reportHash
    ) private {
        Pass memory pass = _begin(strategyId, head_, lane);
        uint256 i;
        while (i < changes.length) {
            i = _changeModule(strategy, pass, changes, i);
        }
        // Zero as long as no module was folded in.
        // slither-disable-next-line incorrect-equality
        if (pass.wordsHash == 0) revert NoChanges();
        uint256 version_ = uint256(head_.version) + 1;
        bytes32 hash = _commitVersion(strategy, version_, reportHash, pass.wordsHash);
        emit VersionCommitted(strategyId, version_, hash, reportHash, msg.sender, changes);
    }

    /// @dev Takes the changes of one module, from place `i` on. Returns the place of the next module's first.
    function _changeModule(
        Strategy storage strategy,
        Pass memory pass,
        Change[] calldata changes,
        uint256 i
    ) private returns (uint256) {
        Change calldata change = _at(changes, i);
        uint256 key = change.key;
        uint256 module = key >> 8;
        uint256 spec = _specOf(strategy, key);
        pass.words = _load(strategy.values, module, spec.top());
        bool touched;
        while (true) {
            uint256 word = key >> 3;
            pass.values = pass.words[word & 31];
            pass.times = strategy.times[word];
            (pass.stated, pass.coupled, pass.changed) = (0, 0, 0);
            while (true) {
                _change(pass, change, key, spec);
                unchecked {
                    ++i;
                }
                if (i == changes.length) break;
                change = _at(changes, i);
                uint256 next = change.key;
                if (next <= key) revert KeysNotAscending(uint16(next));
                key = next;
                if (key >> 3 != word) break;
                spec = _specOf(strategy, key);
            }

            _checkGroup(word << 3, pass.coupled & ~pass.stated);
            if (pass.changed != 0) {
                touched = true;
                _writeWord(strategy, pass, word);
            }
            if (i == changes.length || key >> 8 != module) break;
            spec = _specOf(strategy, key);
        }

        if (touched) _closeModule(pass, module);
        return i;
    }

    /// @dev `changes[i]` without the check that `i` is below the length.
    function _at(Change[] calldata changes, uint256 i)
        private
        pure
        returns (Change calldata change)
    {
        assembly ("memory-safe") {
            change := add(changes.offset, mul(96, i))
        }
    }

    /// @dev Checks one change and makes it in the open word.
    function _change(Pass memory pass, Change calldata change, uint256 key, uint256 spec) private {
        (int256 from, int256 to) = (change.from, change.to);
        int256 current = spec.read(pass.values, key & 7);
        if (from != current) revert StaleValue(uint16(key), from, current);
        pass.stated |= 1 << (key & 7);
        if (to == from) return;

        pass.coupled |= spec.group();
        _move(pass, spec, key, from, to);
    }
}
