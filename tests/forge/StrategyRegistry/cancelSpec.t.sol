// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecsTest} from "./SpecsTest.sol";

/// @notice Governance or the guardian cancels proposed limits.
contract CancelSpecTest is SpecsTest {
    /// @notice Nobody else.
    function test_onlyGuardianOrGovernor(address caller) public {
        vm.assume(caller != guardian && caller != governor);
        _propose(SLIPPAGE, _wide());
        bytes32 role = registry.GUARDIAN_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.cancelSpec(CORE, SLIPPAGE);
    }

    /// @notice Either of them ends it, also in its last second.
    function test_cancels() public {
        for (uint256 i = 0; i < 2; ++i) {
            address by = i == 0 ? guardian : governor;
            _propose(SLIPPAGE, _wide());
            skip(DELAY + i);
            vm.expectEmit(address(registry));
            emit IStrategyRegistry.SpecProposalCancelled(CORE, SLIPPAGE, by);
            vm.prank(by);
            registry.cancelSpec(CORE, SLIPPAGE);
            _assertProposed(SLIPPAGE, 0, 0);
            _expectKey(IStrategyRegistry.SpecNotProposed.selector, SLIPPAGE);
            registry.activateSpec(CORE, SLIPPAGE);
        }
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(_slippage()));
    }

    /// @notice Nothing proposed, nothing cancelled; another parameter's proposal stays.
    function test_specNotProposed() public {
        _propose(SLIPPAGE, _wide());
        vm.startPrank(guardian);
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, BUFFER);
        registry.cancelSpec(CORE, BUFFER);
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, SLIPPAGE);
        registry.cancelSpec("x", SLIPPAGE);
        _assertProposed(SLIPPAGE, _pack(_wide()), block.timestamp + DELAY);
    }
}
