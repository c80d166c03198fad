// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultTest} from "./VaultTest.sol";

contract ConstructorTest is VaultTest {
    /// @notice What was given stays readable, and the deployer gets no role.
    function test_keepsItsSetup() public {
        vm.prank(stranger);
        RebalancingVault made = _newVault(3);
        assertEq(made.name(), "Core portfolio");
        assertEq(made.symbol(), "dpoCORE");
        assertEq(made.asset(), address(tokens[0]));
        assertEq(made.assets().length, 3);
        assertEq(made.assets()[2], address(tokens[2]));
        assertEq(made.strategyId(), STRATEGY);
        assertEq(address(made.registry()), address(registry));
        assertEq(address(made.hub()), address(hub));
        assertEq(made.executor(), address(this));
        assertEq(made.module(), 0);
        assertTrue(made.hasRole(made.DEFAULT_ADMIN_ROLE(), address(this)));
        assertFalse(made.hasRole(made.DEFAULT_ADMIN_ROLE(), stranger));
        assertFalse(made.hasRole(made.KEEPER_ROLE(), address(this)));
    }

    /// @notice The contract fits the chain's limit.
    function test_sizeLimit() public {
        assertLe(address(_newVault(3)).code.length, 24_576);
    }

    /// @notice More assets than a word has lanes are refused.
    function test_nineAssetsAreRefused() public {
        address[] memory nine = new address[](9);
        for (uint256 i = 0; i < 9; ++i) {
            nine[i] = address(new OddToken("T", 18));
        }
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.AssetCountOutOfRange.selector, 9, 8)
        );
        new RebalancingVault(_setup(nine));
    }

    /// @notice The same asset twice would be valued twice.
    function test_assetTwiceIsRefused() public {
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (address(tokens[0]), address(tokens[0]));
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.AssetTwice.selector, address(tokens[0]))
        );
        new RebalancingVault(_setup(twice));
    }

    /// @notice Decimals beyond eighteen are refused, where amounts could overflow.
    function test_manyDecimalsAreRefused() public {
        address[] memory one = new address[](1);
        one[0] = address(new OddToken("ODD", 19));
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.DecimalsTooMany.selector, one[0], uint256(19), uint256(18)
            )
        );
        new RebalancingVault(_setup(one));
    }

    /// @notice An address without a token behind it is refused.
    function test_noTokenIsRefused() public {
        address[] memory one = new address[](1);
        one[0] = stranger;
        RebalancingVault.Setup memory setup = _setup(one);
        vm.expectRevert();
        new RebalancingVault(setup);
    }
}
