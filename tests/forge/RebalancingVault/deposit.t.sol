// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultTest} from "./VaultTest.sol";

contract DepositTest is VaultTest {
    /// @notice Anyone may, for anyone, with tokens of his own.
    function test_anyoneForAnyone(address caller, address receiver) public {
        vm.assume(caller != address(0) && receiver != address(0) && caller != address(vault));
        uint256 before = tokens[USDC].balanceOf(caller);
        tokens[USDC].mint(caller, 1e6);
        vm.startPrank(caller);
        tokens[USDC].approve(address(vault), 1e6);
        uint256 shares = vault.deposit(1e6, receiver);
        vm.stopPrank();
        assertEq(vault.balanceOf(receiver), shares);
        assertEq(tokens[USDC].balanceOf(caller), before);
    }

    /// @notice The first deposit gets a million shares a unit, so that six digits are left for rounding.
    function test_firstDepositSetsTheScale() public {
        uint256 shares = _deposit(alice, 1000);
        assertEq(shares, 1000e6 * 1e6);
        assertEq(vault.balanceOf(alice), shares);
        assertEq(vault.totalAssets(), 1000e6);
        assertEq(vault.balanceOfAsset(USDC), 1000e6);
        assertEq(vault.decimals(), 12);
    }

    /// @notice A vault that holds only its base asset takes deposits before its first version, and without an oracle.
    function test_beforeTheFirstVersionNoPriceIsNeeded() public {
        skip(10 days);
        assertEq(vault.appliedVersion(), 0);
        assertEq(_deposit(alice, 5), 5e12);
    }

    /// @notice A later deposit is worth the same as the shares it gets, at the oracle's prices.
    function test_laterDepositIsPricedAtNav() public {
        _fund();
        _setPrice(WETH, 4000);
        uint256 total = vault.totalAssets();
        uint256 expected = vault.previewDeposit(50_000e6);
        uint256 shares = _deposit(bob, 50_000);
        assertEq(shares, expected);
        assertApproxEqAbs(vault.convertToAssets(shares), 50_000e6, 1);
        assertEq(vault.totalAssets(), total + 50_000e6);
    }

    /// @notice It moves tokens and says so as ERC-4626 wants.
    function test_emitsDeposit() public {
        tokens[0].mint(address(this), 10e6);
        tokens[0].approve(address(vault), 10e6);
        vm.expectEmit(true, true, true, true);
        emit IERC4626.Deposit(address(this), bob, 10e6, 10e12);
        vault.deposit(10e6, bob);
        assertEq(vault.balanceOf(bob), 10e12);
        assertEq(tokens[0].balanceOf(address(vault)), 10e6);
    }

    /// @notice A stale price of an asset that is held stops deposits, with the hub's own reason.
    function test_stalePriceIsRefused() public {
        _fund();
        skip(2 days);
        tokens[0].mint(address(this), 1e6);
        tokens[0].approve(address(vault), 1e6);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        vault.deposit(1e6, address(this));
        assertEq(vault.maxDeposit(address(this)), 0);
    }

    /// @notice The vault's own limit on staleness counts where it is tighter than the feed's.
    function test_vaultsStalenessLimitIsTighter() public {
        _fund();
        _refresh();
        skip(1 days);
        vault.totalAssets();
        skip(1);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        vault.totalAssets();
        hub.price(address(tokens[WETH]));
    }

    /// @notice A base asset that takes a fee on the way is refused: shares must stand for what came.
    function test_feeOnTransferIsRefused() public {
        tokens[0].mint(address(this), 1e6);
        tokens[0].approve(address(vault), 1e6);
        tokens[0].setFault(OddToken.Fault.TakesFee);
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.TransferMismatch.selector, address(tokens[0]))
        );
        vault.deposit(1e6, address(this));
    }

    /// @notice Tokens that are sent to the vault are nobody's: they move neither value nor shares.
    function test_donationMovesNothing() public {
        _fund();
        uint256 total = vault.totalAssets();
        uint256 shares = vault.previewDeposit(1000e6);
        tokens[0].mint(address(vault), 1_000_000e6);
        tokens[1].mint(address(vault), 100e8);
        assertEq(vault.totalAssets(), total);
        assertEq(vault.previewDeposit(1000e6), shares);
    }

    /// @notice Whatever is deposited, taking it out at once never gives more, and loses at most one unit.
    function testFuzz_roundTripNeverProfits(uint256 first, uint256 second, uint256 price) public {
        _fund();
        _setPrice(WETH, bound(price, 500, 50_000));
        first = bound(first, 0, 1e15);
        second = bound(second, 0, 1e15);
        _depositUnits(bob, first);
        uint256 shares = _depositUnits(stranger, second);
        uint256 back = vault.previewRedeem(shares);
        assertLe(back, second);
        assertLe(second, back + 1);
    }
}
