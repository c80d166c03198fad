// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {SpecLib} from "../libraries/SpecLib.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title What others read
abstract contract RegistryViews is RegistryBase {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /* A STRATEGY */

    /// @inheritdoc IStrategyRegistry
    function head(bytes32 strategyId) external view returns (Head memory) {
        return _strategies[strategyId].head;
    }

    /// @inheritdoc IStrategyRegistry
    function version(bytes32 strategyId) external view returns (uint256) {
        return _strategies[strategyId].head.version;
    }

    /// @inheritdoc IStrategyRegistry
    function stateHash(bytes32 strategyId) external view returns (bytes32) {
        return _strategies[strategyId].stateHash;
    }

    /* A PARAMETER */

    /// @inheritdoc IStrategyRegistry
    function valueOf(bytes32 strategyId, uint16 key) external view returns (int256) {
        Strategy storage strategy = _strategies[strategyId];
        return _valueOf(strategy, key, _specOf(strategy, key));
    }

    /// @inheritdoc IStrategyRegistry
    function wordOf(bytes32 strategyId, uint256 word) external view returns (uint256 value) {
        uint256[8192] storage values = _strategies[strategyId].values;
        assembly {
            value := sload(add(values.slot, and(word, 8191)))
        }
    }

    /// @inheritdoc IStrategyRegistry
    function specOf(bytes32 strategyId, uint16 key) external view returns (uint256) {
        return _strategies[strategyId].specs[key].withoutTop();
    }

    /// @inheritdoc IStrategyRegistry
    function isAbdicated(bytes32 strategyId, uint16 key) external view returns (bool) {
        return _strategies[strategyId].specs[key].isAbdicated();
    }

    /// @inheritdoc IStrategyRegistry
    function proposedSpecOf(bytes32 strategyId, uint16 key)
        external
        view
        returns (uint256 spec, uint256 activeFrom)
    {
        uint256 proposed = _strategies[strategyId].proposedSpecs[key];
        return (proposed.withoutTop(), proposed.top());
    }

    /// @inheritdoc IStrategyRegistry
    function lastChangeOf(bytes32 strategyId, uint16 key) external view returns (uint256) {
        return _strategies[strategyId].times[key >> 3].lane(key & 7);
    }

    /// @inheritdoc IStrategyRegistry
    function anchorOf(bytes32 strategyId, uint16 key) external view returns (int256) {
        Strategy storage strategy = _strategies[strategyId];
        uint256 spec = _specOf(strategy, key);
        uint256 changedAt = strategy.times[key >> 3].lane(key & 7);
        return _anchorOf(strategy, spec, key, _valueOf(strategy, key, spec), changedAt);
    }

    /// @inheritdoc IStrategyRegistry
    function keyFrozenUntil(bytes32 strategyId, uint16 key) external view returns (uint256) {
        return _strategies[strategyId].freezes[key >> 3].lane(key & 7);
    }

    /* A MODULE */

    /// @inheritdoc IStrategyRegistry
    function wordsOf(bytes32 strategyId, uint8 module) external view returns (uint256[] memory) {
        Strategy storage strategy = _strategies[strategyId];
        return _load(strategy.values, module, _sizeOf(strategy, module));
    }

    /// @inheritdoc IStrategyRegistry
    function snapshot(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256 version_, uint256[] memory words)
    {
        Strategy storage strategy = _strategies[strategyId];
        version_ = strategy.head.version;
        words = _load(strategy.values, module, _sizeOf(strategy, module));
    }

    /// @inheritdoc IStrategyRegistry
    function changeTimesOf(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256[] memory)
    {
        Strategy storage strategy = _strategies[strategyId];
        return _load(strategy.times, module, _sizeOf(strategy, module));
    }

    /// @inheritdoc IStrategyRegistry
    function anchorsOf(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256[] memory anchors, uint256[] memory anchoredAt)
    {
        Strategy storage strategy = _strategies[strategyId];
        uint256 size = _sizeOf(strategy, module);
        anchors = _load(strategy.anchors, module, size);
        anchoredAt = _load(strategy.anchoredAt, module, size);
    }

    /// @inheritdoc IStrategyRegistry
    function specsOf(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256[] memory specs)
    {
        Strategy storage strategy = _strategies[strategyId];
        specs = new uint256[](_sizeOf(strategy, module) << 3);
        for (uint256 i; i < specs.length; ++i) {
            specs[i] = strategy.specs[(uint256(module) << 8) | i].withoutTop();
        }
    }
}
