// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILiquidationThresholds} from "../../../contracts/interfaces/ILiquidationThresholds.sol";
import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {StrategyRegistry} from "../../../contracts/StrategyRegistry.sol";
import {StrategyValidator} from "../../../contracts/validators/StrategyValidator.sol";
import {RebalancingListing} from "./RebalancingListing.sol";

/// @notice Gas of whole transactions (each call in isolation, with its 21,000 and calldata): the rebalancing module of
/// three assets, the real validator, version and state hash included.
/// forge-config: default.isolate = true
contract RegistryGasTest is RebalancingListing {
    function setUp() public override {
        vm.warp(START);
        registry = new StrategyRegistry(governor);
        uint256[] memory words = new uint256[](1);
        words[0] = WORDS;
        IParamValidator rules = new StrategyValidator(ILiquidationThresholds(address(0)));
        vm.prank(governor);
        registry.listStrategy(CORE, rules, words, _rebalancing());
        skip(30 days);
    }

    /// @notice One key: 64k at most.
    function test_oneKey() public {
        _measure("setParams: 1 key", _trading(1), 64_000);
    }

    /// @notice Three weights, which only move together: 77k at most.
    function test_threeKeys() public {
        _measure("setParams: 3 keys", _weights(), 77_000);
    }

    /// @notice Three keys without a group: no more.
    function test_threeKeysOfOneWord() public {
        _measure("setParams: 3 keys, relative ones among them", _trading(3), 77_000);
    }

    /// @notice Five keys of a word: 90k at most.
    function test_fiveKeys() public {
        _measure("setParams: 5 keys", _trading(5), 90_000);
    }

    /// @notice Ten keys in two words: 125k at most.
    function test_tenKeys() public {
        _measure("setParams: 10 keys", _tenKeys(), 125_000);
    }

    /// @notice Reading one parameter takes one slot, 2.6k at most without the transaction around it.
    function test_readOne() public {
        registry.wordOf(CORE, 1);
        _measureRead("read one parameter: wordOf", 2600);
        registry.valueOf(CORE, 8);
        _measureRead("read one parameter: valueOf, of any type", 5200);
    }

    /// @dev A view is no transaction of its own: this is the call alone.
    function _measureRead(string memory name, uint256 goal) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(name, used);
        assertLe(used, goal);
    }

    function _measure(string memory name, IStrategyRegistry.Change[] memory changes, uint256 goal)
        private
    {
        uint40 later = uint40(block.timestamp + 30 days);
        vm.prank(governor);
        registry.setParams(CORE, changes, uint40(block.timestamp), later, REPORT);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(name, used);
        assertLe(used, goal);
    }
}
