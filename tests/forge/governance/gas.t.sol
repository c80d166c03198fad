// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Preconditions} from "../../../contracts/governance/Preconditions.sol";
import {ILiquidationThresholds} from "../../../contracts/interfaces/ILiquidationThresholds.sol";
import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {StrategyRegistry} from "../../../contracts/StrategyRegistry.sol";
import {StrategyValidator} from "../../../contracts/validators/StrategyValidator.sol";
import {Governed} from "../../incidents/Governed.sol";
import {RebalancingListing} from "../StrategyRegistry/RebalancingListing.sol";

/// @notice Gas of the transaction that carries out a vote on ten keys: governor and timelock of OpenZeppelin around it,
/// as the proposal pipeline makes the batch.
/// forge-config: default.isolate = true
contract GovernorGasTest is RebalancingListing, Governed {
    Preconditions private _preconditions = new Preconditions();
    StrategyValidator private _rules = new StrategyValidator(ILiquidationThresholds(address(0)));

    function setUp() public override {
        vm.warp(START);
        _foundDao();
        registry = new StrategyRegistry(address(timelock));
        uint256[] memory words = new uint256[](1);
        words[0] = WORDS;
        vm.prank(address(timelock));
        registry.listStrategy(CORE, _rules, words, _rebalancing());
        skip(30 days);
    }

    /// @notice The change alone: 215k at most.
    function test_tenKeys() public {
        (address[] memory targets, bytes[] memory calls) = (new address[](1), new bytes[](1));
        (targets[0], calls[0]) = (address(registry), _call());
        _measure("Governor.execute: 10 keys", targets, calls);
    }

    /// @notice The same behind its precondition, which asks for the code of registry and validator.
    function test_tenKeysWithPrecondition() public {
        (address[] memory targets, bytes[] memory calls) = (new address[](2), new bytes[](2));
        address[] memory relied = new address[](2);
        (relied[0], relied[1]) = (address(registry), address(_rules));
        bytes32[] memory hashes = new bytes32[](2);
        (hashes[0], hashes[1]) = (address(registry).codehash, address(_rules).codehash);
        targets[0] = address(_preconditions);
        calls[0] = abi.encodeCall(_preconditions.requireCode, (relied, hashes));
        (targets[1], calls[1]) = (address(registry), _call());
        _measure("Governor.execute: precondition and 10 keys", targets, calls);
    }

    function _measure(string memory name, address[] memory targets, bytes[] memory calls) private {
        uint256 id = _passed(targets, calls, "# Ten keys");
        dao.execute(targets, new uint256[](targets.length), calls, keccak256("# Ten keys"));
        vm.snapshotValue(name, vm.lastCallGas().gasTotalUsed);
        assertEq(uint256(dao.state(id)), 7, "not executed");
        assertEq(registry.version(CORE), 2);
    }

    function _call() private view returns (bytes memory) {
        uint40 later = uint40(block.timestamp + 30 days);
        IStrategyRegistry.Change[] memory changes = _tenKeys();
        return
            abi.encodeCall(
                registry.setParams, (CORE, changes, uint40(block.timestamp), later, REPORT)
            );
    }
}
