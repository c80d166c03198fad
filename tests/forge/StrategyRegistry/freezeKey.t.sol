// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice The guardian freezes one parameter.
contract FreezeKeyTest is RegistryTest {
    /// @notice Only the guardian's role.
    function test_onlyTheGuardian(address caller) public {
        vm.assume(caller != guardian);
        bytes32 role = registry.GUARDIAN_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.freezeKey(CORE, SLIPPAGE, START + 31 days);
    }

    /// @notice The freeze is the key's own; the head remembers the latest end of any.
    function test_freezes() public {
        uint40 until = uint40(block.timestamp + 2 days);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.KeyFrozen(CORE, SLIPPAGE, until, guardian);
        vm.prank(guardian);
        registry.freezeKey(CORE, SLIPPAGE, until);
        _freezeKey(CAP, 1 days);
        assertEq(registry.keyFrozenUntil(CORE, SLIPPAGE), until);
        assertEq(registry.keyFrozenUntil(CORE, CAP), until - 1 days);
        assertEq(registry.keyFrozenUntil(CORE, BUFFER), 0);
        assertEq(registry.head(CORE).keysFrozenUntil, until);
        assertEq(registry.head(CORE).frozenUntil, 0);
    }

    /// @notice A key that was never listed cannot be frozen.
    function test_unknownKey() public {
        _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, 12));
        _freezeKey(12, 1 days);
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, SLIPPAGE));
        registry.freezeKey("x", SLIPPAGE, START + 31 days);
    }

    /// @notice The same limits as for a whole strategy.
    function test_limits() public {
        uint256 nowAt = block.timestamp;
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.FreezeTooLong.selector, nowAt + 14 days + 1, nowAt + 14 days
            )
        );
        _freezeKey(SLIPPAGE, 14 days + 1);
        _freezeKey(SLIPPAGE, 14 days);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.FreezeNotLonger.selector, nowAt + 1 days, nowAt + 14 days
            )
        );
        _freezeKey(SLIPPAGE, 1 days);
    }
}
