// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {LyingVenue} from "../doubles/LyingVenue.sol";
import {SilentToken} from "../doubles/SilentToken.sol";
import {VaultTest} from "./VaultTest.sol";

/// @notice Tokens that answer nothing and insist on allowances of zero first.
contract TokensTest is VaultTest {
    SilentToken private _silent;

    function setUp() public override {
        super.setUp();
        _silent = new SilentToken();
        hub.proposeFeed(
            address(_silent),
            IOracleHub.Feed(feeds[USDC], IAggregatorV3(address(0)), 2 days, 0, 0, 0.5e18, 2e18)
        );
        address[] memory assets = new address[](2);
        (assets[0], assets[1]) = (address(_silent), address(tokens[WETH]));
        vault = new RebalancingVault(_setup(assets));
        _grantAll(vault);
        _silent.mint(alice, 1000e6);
        vm.startPrank(alice);
        _silent.approve(address(vault), 1000e6);
        vault.deposit(1000e6, alice);
        vm.stopPrank();
    }

    /// @notice They are deposited, withdrawn and paid in kind.
    function test_silentTokenComesAndGoes() public {
        vm.startPrank(alice);
        vault.withdraw(400e6, alice, alice);
        assertEq(_silent.balanceOf(alice), 400e6);
        vault.redeemInKind(vault.balanceOf(alice), alice, alice);
        vm.stopPrank();
        assertApproxEqAbs(_silent.balanceOf(alice), 1000e6, 1);
        assertEq(vault.setAside(address(_silent), alice), 0);
    }

    /// @notice They are traded, twice in a row, although an allowance may only be set from zero.
    function test_silentTokenIsTraded() public {
        IRebalancingVault.Params memory p = _defaults();
        (p.targetWeight[0], p.targetWeight[1], p.targetWeight[2]) = (5000, 5000, 0);
        _apply(p);
        LyingVenue pays = new LyingVenue();
        vault.setVenue(pays, true);
        tokens[WETH].mint(address(pays), 1e18);
        pays.set(150e6, 0.05e18, 0);
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](2);
        trades[0] = IRebalancingVault.Trade(pays, 0, 1, 150e6, 0);
        trades[1] = trades[0];
        vault.rebalance(trades);
        assertEq(vault.balanceOfAsset(1), 0.1e18);
        assertEq(_silent.allowance(address(vault), address(pays)), 0);
    }
}
