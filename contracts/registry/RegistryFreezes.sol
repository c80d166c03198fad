// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title Freezes, of a strategy and of one parameter
abstract contract RegistryFreezes is RegistryBase {
    using LaneLib for uint256;

    /// @notice A captured guardian can stop a strategy for this long; by then governance has removed it.
    uint256 public constant MAX_FREEZE = 14 days;

    /// @inheritdoc IStrategyRegistry
    function freeze(bytes32 strategyId, uint40 until) external onlyRole(GUARDIAN_ROLE) {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        strategy.head.frozenUntil = _longer(head_.frozenUntil, until);
        emit StrategyFrozen(strategyId, until, msg.sender);
    }

    /// @inheritdoc IStrategyRegistry
    function freezeKey(bytes32 strategyId, uint16 key, uint40 until)
        external
        onlyRole(GUARDIAN_ROLE)
    {
        Strategy storage strategy = _strategies[strategyId];
        _specOf(strategy, key);
        uint256 word = strategy.freezes[key >> 3];
        uint32 end = _longer(word.lane(key & 7), until);
        strategy.freezes[key >> 3] = word.withLane(key & 7, end);
        if (end > strategy.head.keysFrozenUntil) strategy.head.keysFrozenUntil = end;
        emit KeyFrozen(strategyId, key, until, msg.sender);
    }

    /// @inheritdoc IStrategyRegistry
    function unfreeze(bytes32 strategyId) external {
        bool byGovernor = _checkGovernorOrGuardian();
        Head storage head_ = _strategies[strategyId].head;
        if (!_holds(head_.frozenUntil, byGovernor)) return;
        head_.frozenUntil = 0;
        emit StrategyFrozen(strategyId, 0, msg.sender);
    }

    /// @inheritdoc IStrategyRegistry
    function unfreezeKey(bytes32 strategyId, uint16 key) external {
        bool byGovernor = _checkGovernorOrGuardian();
        Strategy storage strategy = _strategies[strategyId];
        uint256 word = strategy.freezes[key >> 3];
        if (!_holds(word.lane(key & 7), byGovernor)) return;
        strategy.freezes[key >> 3] = word.withLane(key & 7, 0);
        emit KeyFrozen(strategyId, key, 0, msg.sender);
    }

    /// @return Whether a freeze holds. Where none does, a guardian is told; a vote was drafted days ago, and its batch
    /// must not fail since the freeze has ended or a guardian has lifted it.
    function _holds(uint256 until, bool byGovernor) private view returns (bool) {
        if (until > block.timestamp) return true;
        if (!byGovernor) revert NotFrozen();
        return false;
    }

    /// @return The end of a freeze that is longer than the present one and not too long.
    function _longer(uint256 current, uint256 until) private view returns (uint32) {
        if (current < block.timestamp) current = block.timestamp;
        if (until <= current) revert FreezeNotLonger(until, current);
        uint256 latest = block.timestamp + MAX_FREEZE;
        if (until > latest) revert FreezeTooLong(until, latest);
        return uint32(until);
    }
}
