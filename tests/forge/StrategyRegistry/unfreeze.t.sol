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

    /// @notice What is not frozen, or no longer, a guardian cannot unfreeze.
    function test_notFrozen() public {
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotFrozen.selector));
        registry.unfreeze(CORE);
        _freeze(1 days);
        vm.warp(block.timestamp + 1 days);
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotFrozen.selector));
        registry.unfreeze(CORE);
    }

    /// @notice Governance may, without an event and whatever ended the freeze: nothing, its time, or a guardian.
    function test_aVoteDoesNotMindAnEndedFreeze() public {
        _assertVoteChangesNothing();
        _freeze(1 days);
        vm.warp(block.timestamp + 1 days);
        _assertVoteChangesNothing();
        _freeze(1 days);
        vm.prank(guardian);
        registry.unfreeze(CORE);
        _assertVoteChangesNothing();
    }

    function _assertVoteChangesNothing() private {
        uint256 before = registry.head(CORE).frozenUntil;
        vm.recordLogs();
        vm.prank(governor);
        registry.unfreeze(CORE);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(registry.head(CORE).frozenUntil, before);
    }
}
