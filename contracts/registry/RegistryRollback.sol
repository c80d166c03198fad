// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {SpecLib} from "../libraries/SpecLib.sol";
import {RegistryMoves} from "./RegistryMoves.sol";

/// @title Back to what an earlier version left
/// @dev Old words are not stored. The caller brings them, and the chain of hashes says whether they are the ones.
abstract contract RegistryRollback is RegistryMoves {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @inheritdoc IStrategyRegistry
    function rollbackTo(
        bytes32 strategyId,
        Proof calldata proof,
        uint40 notAfter,
        bytes32 reportHash
    ) external {
        bool byGovernor = _checkGovernorOrGuardian();
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        _checkNotLate(notAfter);
        if (byGovernor) {
            _checkReport(reportHash);
            _checkNotFrozen(strategyId, head_);
        }
        _checkProof(strategy, proof);

        Pass memory pass = _begin(strategyId, head_, byGovernor ? RESTORATION : GUARDIAN);
        Change[] memory changes = _restore(strategy, pass, proof.modules);
        if (changes.length == 0) revert NoChanges();
        uint256 version_ = uint256(head_.version) + 1;
        bytes32 hash = _commitVersion(strategy, version_, reportHash, pass.wordsHash);
        emit VersionCommitted(strategyId, version_, hash, reportHash, msg.sender, changes);
    }

    /// @dev From the version that left the words, link by link, to the stored hash.
    function _checkProof(Strategy storage strategy, Proof calldata proof) private view {
        bytes32 wordsHash = 0;
        for (uint256 i; i < proof.modules.length; ++i) {
            wordsHash = _addModule(wordsHash, proof.modules[i].module, proof.modules[i].words);
        }
        uint256 version_ = proof.version;
        bytes32 hash = _link(proof.previousHash, version_, proof.reportHash, wordsHash);
        for (uint256 i; i < proof.later.length; ++i) {
            Link calldata link = proof.later[i];
            hash = _link(hash, ++version_, link.reportHash, link.wordsHash);
        }
        if (hash != strategy.stateHash) revert ProofInvalid();
    }

    // Equal values need no move: nobody gains by making them equal.
    // slither-disable-start incorrect-equality

    /// @dev Moves every parameter of the proven modules that is not what it was. Returns the moves.
    function _restore(Strategy storage strategy, Pass memory pass, ModuleWords[] calldata modules)
        private
        returns (Change[] memory changes)
    {
        uint256 lanes = 0;
        for (uint256 i; i < modules.length; ++i) {
            lanes += modules[i].words.length << 3;
        }
        changes = new Change[](lanes);
        uint256 count = 0;
        for (uint256 i; i < modules.length; ++i) {
            uint256 before = count;
            uint256[] calldata words = modules[i].words;
            uint256 module = modules[i].module;
            pass.words = _load(strategy.values, module, words.length);
            for (uint256 word; word < words.length; ++word) {
                if (words[word] == pass.words[word]) continue;
                count =
                    _restoreWord(strategy, pass, (module << 5) | word, words[word], changes, count);
            }
            if (count != before) _closeModule(pass, module);
        }
        assembly ("memory-safe") {
            mstore(changes, count)
        }
    }

    /// @return The number of changes, with those of this word.
    function _restoreWord(
        Strategy storage strategy,
        Pass memory pass,
        uint256 word,
        uint256 target,
        Change[] memory changes,
        uint256 count
    ) private returns (uint256) {
        pass.values = pass.words[word & 31];
        pass.times = strategy.times[word];
        pass.changed = 0;
        for (uint256 lane; lane < 8 && pass.values != target; ++lane) {
            uint256 key = (word << 3) | lane;
            // An amount fills its word, and is found at the first lane whatever its bits are.
            uint256 spec = strategy.specs[key];
            (int256 from, int256 to) = (spec.read(pass.values, lane), spec.read(target, lane));
            if (from == to) continue;
            _move(pass, spec, key, from, to);
            changes[count] = Change(uint16(key), from, to);
            ++count;
        }
        _writeWord(strategy, pass, word);
        return count;
    }

    // slither-disable-end incorrect-equality
}
