// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice Guardian or governance end a freeze of one parameter.
contract UnfreezeKeyTest is RegistryTest {
    /// @notice Nobody else.
    function test_onlyGuardianOrGovernor(address caller) public {
        vm.assume(caller != guardian && caller != governor);
        _freezeKey(SLIPPAGE, 1 days);
        bytes32 role = registry.GUARDIAN_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.unfreezeKey(CORE, SLIPPAGE);
    }

    /// @notice Each of the two ends it; the freeze of another key in the same word lasts.
    function test_unfreezes() public {
        _freezeKey(BUFFER, 2 days);
        address[2] memory callers = [guardian, governor];
        for (uint256 i = 0; i < 2; ++i) {
            _freezeKey(SLIPPAGE, 1 days);
            vm.expectEmit(address(registry));
            emit IStrategyRegistry.KeyFrozen(CORE, SLIPPAGE, 0, callers[i]);
            vm.prank(callers[i]);
            registry.unfreezeKey(CORE, SLIPPAGE);
            assertEq(registry.keyFrozenUntil(CORE, SLIPPAGE), 0);
        }
        assertEq(registry.keyFrozenUntil(CORE, BUFFER), block.timestamp + 2 days);
        _set(_change(SLIPPAGE, 500, 501));
    }

    /// @notice What is not frozen, or no longer, a guardian cannot unfreeze.
    function test_notFrozen() public {
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotFrozen.selector));
        registry.unfreezeKey(CORE, SLIPPAGE);
        _freezeKey(SLIPPAGE, 1 days);
        vm.warp(block.timestamp + 1 days);
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotFrozen.selector));
        registry.unfreezeKey(CORE, SLIPPAGE);
    }

    /// @notice Governance may, without an event and whatever ended the freeze: nothing, its time, or a guardian.
    function test_aVoteDoesNotMindAnEndedFreeze() public {
        _assertVoteChangesNothing();
        _freezeKey(SLIPPAGE, 1 days);
        vm.warp(block.timestamp + 1 days);
        _assertVoteChangesNothing();
        _freezeKey(SLIPPAGE, 1 days);
        vm.prank(guardian);
        registry.unfreezeKey(CORE, SLIPPAGE);
        _assertVoteChangesNothing();
    }

    function _assertVoteChangesNothing() private {
        uint256 before = registry.keyFrozenUntil(CORE, SLIPPAGE);
        vm.recordLogs();
        vm.prank(governor);
        registry.unfreezeKey(CORE, SLIPPAGE);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(registry.keyFrozenUntil(CORE, SLIPPAGE), before);
    }
}
