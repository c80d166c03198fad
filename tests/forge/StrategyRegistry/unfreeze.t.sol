// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice Guardian or governance end a freeze of a strategy.
contract UnfreezeTest is RegistryTest {
    /// @notice Nobody else, not even the steward whom it stops.
    function test_onlyGuardianOrGovernor(address caller) public {
        vm.assume(caller != guardian && caller != governor);
        _freeze(1 days);
        bytes32 role = registry.GUARDIAN_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.unfreeze(CORE);
    }

    /// @notice Each of the two ends it, and changes go through again.
    function test_unfreezes() public {
        address[2] memory callers = [guardian, governor];
        for (uint256 i = 0; i < 2; ++i) {
            _freeze(1 days);
            vm.expectEmit(address(registry));
            emit IStrategyRegistry.StrategyFrozen(CORE, 0, callers[i]);
            vm.prank(callers[i]);
            registry.unfreeze(CORE);
            assertEq(registry.head(CORE).frozenUntil, 0);
        }
        _set(_change(SLIPPAGE, 500, 501));
    }

    /// @notice What is not frozen, or no longer, cannot be unfrozen.
    function test_notFrozen() public {
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotFrozen.selector));
        registry.unfreeze(CORE);
        _freeze(1 days);
        vm.warp(block.timestamp + 1 days);
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotFrozen.selector));
        registry.unfreeze(CORE);
    }
}
