// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice Calls that change the limits of a parameter, for the tests of each.
abstract contract SpecsTest is RegistryTest {
    uint256 internal constant DELAY = 7 days;
    uint256 internal constant WINDOW = 14 days;

    /// @notice Wider in each field than what is listed for the slippage.
    function _wide() internal pure returns (Spec memory spec) {
        spec = _slippage();
        (spec.maximum, spec.stepUp, spec.stepDown, spec.jump) = (2000, 30, 60, 300);
        spec.cooldown = 1 hours;
    }

    function _narrow(uint16 key, Spec memory spec) internal {
        vm.prank(governor);
        registry.narrowSpec(CORE, key, _pack(spec));
    }

    function _propose(uint16 key, Spec memory spec) internal {
        vm.prank(governor);
        registry.proposeSpec(CORE, key, _pack(spec));
    }

    function _abdicate(uint16 key, int256 value) internal {
        vm.prank(governor);
        registry.abdicate(CORE, key, value);
    }

    function _expectKey(bytes4 error_, uint16 key) internal {
        _expect(abi.encodeWithSelector(error_, key));
    }

    function _expectNotGovernor(address caller) internal {
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotGovernor.selector, caller));
    }

    function _expectUnknown() internal {
        _expect(abi.encodeWithSelector(IStrategyRegistry.StrategyUnknown.selector, bytes32("x")));
    }

    function _assertProposed(uint16 key, uint256 spec, uint256 activeFrom) internal view {
        (uint256 proposed, uint256 from) = registry.proposedSpecOf(CORE, key);
        assertEq(proposed, spec);
        assertEq(from, activeFrom);
    }
}
