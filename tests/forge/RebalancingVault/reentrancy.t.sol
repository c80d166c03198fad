// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {LyingVenue} from "../doubles/LyingVenue.sol";
import {VaultTest} from "./VaultTest.sol";

contract ReentrancyTest is VaultTest {
    LyingVenue private _venue;
    bytes4 private immutable _REENTRANT =
        ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    function setUp() public override {
        super.setUp();
        _fund();
        _setPrice(WETH, 4000);
        _venue = new LyingVenue();
        tokens[USDC].mint(address(_venue), 1e12);
        _venue.set(5e18, 20_000e6, 0);
        vault.setVenue(_venue, true);
    }

    /// @notice In the middle of a trade nobody gets into the vault, by any door.
    function test_noDoorIsOpenDuringATrade() public {
        address me = address(_venue);
        _venueCalls(abi.encodeCall(vault.deposit, (1e6, me)));
        _venueCalls(abi.encodeCall(vault.mint, (1e12, me)));
        _venueCalls(abi.encodeCall(vault.withdraw, (0, me, me)));
        _venueCalls(abi.encodeCall(vault.redeem, (0, me, me)));
        _venueCalls(abi.encodeCall(vault.redeemInKind, (0, me, me)));
        _venueCalls(abi.encodeCall(vault.claim, (address(tokens[USDC]), me)));
    }

    /// @notice A keeper that is the venue as well cannot start a rebalance within a rebalance.
    function test_noRebalanceWithinARebalance() public {
        vault.grantRole(vault.KEEPER_ROLE(), address(_venue));
        _venueCalls(abi.encodeCall(vault.rebalance, (new IRebalancingVault.Trade[](0))));
    }

    /// @notice In the middle of a trade no view tells a price: amounts have left and not yet come.
    function test_noViewAnswersDuringATrade() public {
        _venueCalls(abi.encodeCall(vault.totalAssets, ()));
        _venueCalls(abi.encodeCall(vault.convertToAssets, (1e18)));
        _venueCalls(abi.encodeCall(vault.convertToShares, (1e6)));
        _venueCalls(abi.encodeCall(vault.previewDeposit, (1e6)));
        _venueCalls(abi.encodeCall(vault.previewRedeem, (1e18)));
        _venueCalls(abi.encodeCall(vault.nav, ()));
        _venueCalls(abi.encodeCall(vault.weights, ()));
        _venueCalls(abi.encodeCall(vault.drift, ()));
        _venueCalls(abi.encodeCall(vault.balanceOfAsset, (0)));
    }

    /// @notice The limits say zero in the middle of a trade, since they must not revert.
    function test_limitsAreZeroDuringATrade() public {
        _venue.setCall(address(vault), abi.encodeCall(vault.maxDeposit, (alice)));
        _trade();
        assertEq(_venue.answer(), abi.encode(uint256(0)));
        _venue.setCall(address(vault), abi.encodeCall(vault.maxRedeem, (alice)));
        _later(6 hours);
        _trade();
        assertEq(_venue.answer(), abi.encode(uint256(0)));
    }

    /// @notice Parameters may arrive in the middle of a rebalance; it goes on with those it began with.
    function test_parametersMayArriveDuringATrade() public {
        IRebalancingVault.Params memory p = _defaults();
        p.maxSlippage = 1;
        _venue.set(5e18, 20_000e6 * 9960 / 10_000, 0);
        _venue.setCall(address(this), abi.encodeCall(this.push, (2, _words(p))));
        _trade();
        assertFalse(_venue.callRefused());
        assertEq(vault.appliedVersion(), 2);
        assertEq(vault.params().maxSlippage, 1);
        assertEq(vault.lastRebalance(), block.timestamp);
    }

    /// @notice This test is the executor, which anyone may ask to push.
    function push(uint32 version, uint256[] calldata words) external {
        vault.applyParams(version, words);
    }

    /// @notice A token that calls back while it is paid out in kind gets nowhere.
    function test_tokenCannotComeBack() public {
        tokens[USDC].setCall(
            address(vault), abi.encodeCall(vault.redeemInKind, (1e12, stranger, alice))
        );
        vm.startPrank(alice);
        vault.approve(address(tokens[USDC]), type(uint256).max);
        vault.redeemInKind(1e17, alice, alice);
        vm.stopPrank();
        assertTrue(tokens[USDC].callRefused());
        assertEq(bytes32(tokens[USDC].refusal()), bytes32(_REENTRANT));
    }

    /// @notice A token that calls back on a deposit sees no price.
    function test_tokenSeesNoPriceDuringADeposit() public {
        tokens[USDC].mint(bob, 1e6);
        vm.prank(bob);
        tokens[USDC].approve(address(vault), 1e6);
        tokens[USDC].setCall(address(vault), abi.encodeCall(vault.convertToAssets, (1e18)));
        vm.prank(bob);
        vault.deposit(1e6, bob);
        assertTrue(tokens[USDC].callRefused());
    }

    function _venueCalls(bytes memory call) private {
        uint256 id = vm.snapshotState();
        _venue.setCall(address(vault), call);
        _trade();
        assertTrue(_venue.callRefused());
        assertEq(bytes32(_venue.answer()), bytes32(_REENTRANT));
        vm.revertToState(id);
    }

    function _trade() private {
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 5e18);
        trade.venue = _venue;
        _rebalance(trade);
    }
}
