// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../interfaces/IStrategyRegistry.sol";
import {SpecLib} from "../libraries/SpecLib.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title How the limits of a parameter change: narrower at once, wider slowly, or never again
/// @dev A proposed spec carries, above its own bits, the time from which it may be activated.
abstract contract RegistrySpecs is RegistryBase {
    using SpecLib for uint256;

    /// @notice How long a wider spec waits, beyond the vote and its timelock: depositors leave before it holds.
    uint256 public constant SPEC_DELAY = 7 days;
    /// @notice How long it may be activated then: what nobody wanted for so long is voted on again.
    uint256 public constant SPEC_WINDOW = 14 days;

    /// @inheritdoc IStrategyRegistry
    function narrowSpec(bytes32 strategyId, uint16 key, uint256 spec) external {
        _checkGovernor();
        (Strategy storage strategy, uint256 current) = _changeable(strategyId, key, spec);
        uint256 before = current.withoutTop();
        if (spec == before || !spec.isWithin(before)) revert SpecNotNarrower(key);
        _checkBounds(key, spec, _valueOf(strategy, key, current));
        _dropProposal(strategyId, strategy, key);
        strategy.specs[key] = spec.withTop(current.top());
        emit SpecChanged(strategyId, key, spec);
    }

    /// @inheritdoc IStrategyRegistry
    function proposeSpec(bytes32 strategyId, uint16 key, uint256 spec) external {
        _checkGovernor();
        (Strategy storage strategy, uint256 current) = _changeable(strategyId, key, spec);
        if (spec == current.withoutTop()) revert NoChanges();
        uint256 activeFrom = block.timestamp + SPEC_DELAY;
        strategy.proposedSpecs[key] = spec.withTop(activeFrom);
        emit SpecProposed(strategyId, key, spec, activeFrom);
    }

    /// @inheritdoc IStrategyRegistry
    function activateSpec(bytes32 strategyId, uint16 key) external {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        uint256 proposed = strategy.proposedSpecs[key];
        if (proposed == 0) revert SpecNotProposed(key);
        uint256 activeFrom = proposed.top();
        if (block.timestamp < activeFrom) revert SpecNotReady(key, activeFrom);
        uint256 last = activeFrom + SPEC_WINDOW;
        if (block.timestamp > last) revert SpecProposalExpired(key, last);
        _checkNotFrozen(strategyId, head_);
        _checkKeyNotFrozen(strategy, key);

        uint256 current = strategy.specs[key];
        _checkBounds(key, proposed, _valueOf(strategy, key, current));
        delete strategy.proposedSpecs[key];
        strategy.specs[key] = proposed.withTop(current.top());
        emit SpecChanged(strategyId, key, proposed.withoutTop());
    }

    /// @inheritdoc IStrategyRegistry
    function cancelSpec(bytes32 strategyId, uint16 key) external {
        _checkGovernorOrGuardian();
        if (!_dropProposal(strategyId, _strategies[strategyId], key)) revert SpecNotProposed(key);
    }

    /// @inheritdoc IStrategyRegistry
    function abdicate(bytes32 strategyId, uint16 key, int256 value) external {
        _checkGovernor();
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        uint256 spec = _specOf(strategy, key);
        _checkNotAbdicated(key, spec);
        int256 current = _valueOf(strategy, key, spec);
        if (value != current) revert StaleValue(key, value, current);
        _checkNotFrozen(strategyId, head_);
        _checkKeyNotFrozen(strategy, key);
        _dropProposal(strategyId, strategy, key);
        strategy.specs[key] = spec.abdicated();
        emit KeyAbdicated(strategyId, key, value);
    }

    /// @return strategy That of the parameter.
    /// @return current Its spec, which may be replaced by `spec`, as far as their kinds go.
    function _changeable(bytes32 strategyId, uint16 key, uint256 spec)
        private
        view
        returns (Strategy storage strategy, uint256 current)
    {
        (strategy,) = _listed(strategyId);
        current = _specOf(strategy, key);
        _checkNotAbdicated(key, current);
        if (!spec.isValid(key & 7)) revert SpecInvalid(key, spec);
        if (!spec.sameKind(current)) revert SpecKindChanged(key);
    }

    /// @return Whether there was one.
    function _dropProposal(bytes32 strategyId, Strategy storage strategy, uint16 key)
        private
        returns (bool)
    {
        if (strategy.proposedSpecs[key] == 0) return false;
        delete strategy.proposedSpecs[key];
        emit SpecProposalCancelled(strategyId, key, msg.sender);
        return true;
    }
}
