// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {ValidatorTest} from "./ValidatorTest.sol";

/// @notice Rules of the fees module, and modules that are none.
contract FeesRulesTest is ValidatorTest {
    function setUp() public {
        module = 3;
        words = new uint256[](1);
    }

    /// @notice Performance fee and ten times the management fee are at most half, and that is allowed.
    function test_feesTooHigh(uint256 performance, uint256 management) public {
        performance = bound(performance, 0, 500_000);
        management = bound(management, 0, 50_000);
        _put(0, performance);
        _put(1, management);
        uint256 sum = performance + 10 * management;
        if (sum <= 500_000) _passes();
        else _fails(abi.encodeWithSelector(IParamValidator.FeesTooHigh.selector, sum, 500_000));
    }

    /// @notice Exactly half passes, a millionth more does not.
    function test_edge() public {
        _put(0, 200_000);
        _put(1, 30_000);
        _passes();
        _put(0, 200_001);
        _fails(abi.encodeWithSelector(IParamValidator.FeesTooHigh.selector, 500_001, 500_000));
    }

    /// @notice A module that the catalogue does not have is refused.
    function test_moduleUnknown(uint8 unknown) public {
        vm.assume(unknown > 3);
        module = unknown;
        _fails(abi.encodeWithSelector(IParamValidator.ModuleUnknown.selector, unknown));
    }
}
