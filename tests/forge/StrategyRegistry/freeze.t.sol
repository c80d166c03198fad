// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice The guardian freezes a strategy; each freeze has an end.
contract FreezeTest is RegistryTest {
    /// @notice Only the guardian's role, not even the governor.
    function test_onlyTheGuardian(address caller) public {
        vm.assume(caller != guardian);
        bytes32 role = registry.GUARDIAN_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.freeze(CORE, START + 31 days);
    }

    /// @notice A freeze is in the head, and its longest is fourteen days.
    function test_freezes() public {
        uint40 until = uint40(block.timestamp + 14 days);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.StrategyFrozen(CORE, until, guardian);
        vm.prank(guardian);
        registry.freeze(CORE, until);
        IStrategyRegistry.Head memory head = registry.head(CORE);
        assertEq(head.frozenUntil, until);
        assertEq(head.keysFrozenUntil, 0);
        assertEq(head.version, 1, "a freeze is no version");
        assertEq(address(head.validator), address(validator));
    }

    /// @notice A freeze can be made longer while it lasts.
    function test_prolongs() public {
        _freeze(1 days);
        skip(1 hours);
        _freeze(14 days);
        assertEq(registry.head(CORE).frozenUntil, block.timestamp + 14 days);
    }

    /// @notice A second more than fourteen days is refused.
    function test_tooLong() public {
        uint256 latest = block.timestamp + 14 days;
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.FreezeTooLong.selector, latest + 1, latest)
        );
        _freeze(14 days + 1);
    }

    /// @notice A freeze that ends now, or before the present one, is none.
    function test_notLonger() public {
        uint256 nowAt = block.timestamp;
        _expect(abi.encodeWithSelector(IStrategyRegistry.FreezeNotLonger.selector, nowAt, nowAt));
        _freeze(0);
        _freeze(2 days);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.FreezeNotLonger.selector, nowAt + 2 days, nowAt + 2 days
            )
        );
        _freeze(2 days);
    }

    /// @notice A strategy that was never listed cannot be frozen.
    function test_unknownStrategy() public {
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.StrategyUnknown.selector, bytes32("x")));
        registry.freeze("x", START + 31 days);
    }
}
