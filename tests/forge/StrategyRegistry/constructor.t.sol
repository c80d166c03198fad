// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {StrategyRegistry} from "../../../contracts/StrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice Who has what after deployment.
contract ConstructorTest is RegistryTest {
    /// @notice The governor has everything, the deployer nothing, and nobody is steward or guardian.
    function test_rolesAfterDeployment() public {
        StrategyRegistry fresh = new StrategyRegistry(governor);
        assertEq(fresh.governor(), governor);
        bytes32[3] memory roles =
            [fresh.DEFAULT_ADMIN_ROLE(), fresh.STEWARD_ROLE(), fresh.GUARDIAN_ROLE()];
        for (uint256 i = 0; i < roles.length; ++i) {
            assertFalse(fresh.hasRole(roles[i], address(this)), "the deployer");
            assertEq(fresh.hasRole(roles[i], governor), i == 0);
            assertEq(fresh.getRoleAdmin(roles[i]), roles[0]);
        }
    }

    /// @notice Only the governor names steward and guardian.
    function test_onlyTheGovernorGrants(address caller) public {
        vm.assume(caller != governor);
        bytes32 role = registry.STEWARD_ROLE();
        _expectNoRole(caller, registry.DEFAULT_ADMIN_ROLE());
        vm.prank(caller);
        registry.grantRole(role, caller);
    }
}
