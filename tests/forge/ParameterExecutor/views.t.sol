// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {ParameterExecutor} from "../../../contracts/ParameterExecutor.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice What the executor tells, and who has what after deployment.
contract ExecutorViewsTest is ExecutorTest {
    /// @notice The admin has the roles, the deployer none; the registry is the one that was given.
    function test_rolesAfterDeployment() public {
        ParameterExecutor fresh = new ParameterExecutor(registry, governor);
        assertEq(address(fresh.registry()), address(registry));
        bytes32[2] memory roles = [fresh.DEFAULT_ADMIN_ROLE(), fresh.CURATOR_ROLE()];
        for (uint256 i = 0; i < 2; ++i) {
            assertTrue(fresh.hasRole(roles[i], governor));
            assertFalse(fresh.hasRole(roles[i], address(this)));
            assertEq(fresh.getRoleAdmin(roles[i]), roles[0]);
        }
    }

    /// @notice A vault that nobody enlisted has an empty record, an unknown strategy an empty list.
    function test_unknown() public view {
        IParameterExecutor.Record memory record = executor.recordOf(anyone);
        assertEq(record.strategyId, 0);
        assertEq(record.failures, 0);
        assertEq(executor.vaultsOf("unknown").length, 0);
    }
}
