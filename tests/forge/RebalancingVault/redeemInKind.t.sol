// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultTest} from "./VaultTest.sol";

contract RedeemInKindTest is VaultTest {
    /// @notice The same part of every asset is paid, and the values fit the shares.
    function test_paysAShareOfEverything() public {
        _fund();
        uint256 half = vault.balanceOf(alice) / 2;
        uint256 wbtc = vault.balanceOfAsset(WBTC);
        vm.expectEmit(true, true, true, true);
        emit IRebalancingVault.RedeemedInKind(alice, bob, alice, half);
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(half, bob, alice);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(tokens[i].balanceOf(bob), amounts[i]);
            assertEq(tokens[i].balanceOf(address(vault)), vault.balanceOfAsset(i));
        }
        assertApproxEqAbs(amounts[WBTC], wbtc / 2, 1);
    }

    /// @notice Another needs an allowance of shares.
    function test_needsAllowance() public {
        _fund();
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, bob, 0, uint256(1e12)
            )
        );
        vm.prank(bob);
        vault.redeemInKind(1e12, bob, alice);
        vm.prank(alice);
        vault.approve(bob, 1e12);
        vm.prank(bob);
        vault.redeemInKind(1e12, bob, alice);
    }

    /// @notice Nobody redeems more shares than there are.
    function test_needsShares() public {
        _fund();
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        vm.prank(bob);
        vault.redeemInKind(1, bob, bob);
    }

    /// @notice It works with every price stale, the sequencer down, the vault behind and its feed gone.
    function test_worksWhenNothingElseDoes() public {
        _fund();
        skip(30 days);
        sequencer.set(1);
        registry.set(STRATEGY, 9);
        hub.retireFeed(address(tokens[WBTC]));
        uint256 all = vault.balanceOf(alice);
        vm.prank(alice);
        vault.redeemInKind(all, alice, alice);
        assertGt(tokens[WBTC].balanceOf(alice), 5e8);
        assertEq(vault.totalSupply(), 0);
    }

    /// @notice A token that refuses to move is set aside for the receiver and the others are paid, whatever its fault.
    function test_faultyTokenHoldsUpNoOther() public {
        for (uint256 fault = 1; fault <= uint256(OddToken.Fault.AnswersMegabytes); ++fault) {
            uint256 id = vm.snapshotState();
            _fund();
            tokens[WBTC].setFault(OddToken.Fault(fault));
            uint256 half = vault.balanceOf(alice) / 2;
            vm.prank(alice);
            uint256[] memory amounts = vault.redeemInKind(half, bob, alice);
            assertEq(tokens[WETH].balanceOf(bob), amounts[WETH]);
            assertEq(tokens[WBTC].balanceOf(bob), 0);
            assertEq(vault.setAside(address(tokens[WBTC]), bob), amounts[WBTC]);
            assertEq(
                tokens[WBTC].balanceOf(address(vault)), vault.balanceOfAsset(WBTC) + amounts[WBTC]
            );
            vm.revertToState(id);
        }
    }

    /// @notice Nothing, or true in the first word, is a payment; any other answer is none.
    function test_answersOfATransfer() public {
        _fund();
        assertTrue(_isPaid(""));
        assertTrue(_isPaid(abi.encode(true)));
        assertTrue(_isPaid(abi.encode(true, 5)));
        assertFalse(_isPaid(abi.encode(false)));
        assertFalse(_isPaid(abi.encode(2)));
        assertFalse(_isPaid(hex"01"));
        assertFalse(_isPaid(new bytes(31)));
        assertFalse(_isPaid(abi.encode(1 << 255)));
    }

    /// @notice Whether the vault takes such an answer of a transfer for a payment.
    function _isPaid(bytes memory answer) private returns (bool) {
        uint256 before = vault.setAside(address(tokens[WBTC]), bob);
        bytes memory transfers = abi.encodePacked(tokens[WBTC].transfer.selector);
        vm.mockCall(address(tokens[WBTC]), transfers, answer);
        vm.prank(alice);
        vault.redeemInKind(1e12, bob, alice);
        vm.clearMockedCalls();
        return vault.setAside(address(tokens[WBTC]), bob) == before;
    }

    /// @notice Megabytes cost the token that returns them: the vault does not copy them.
    function test_megabytesAreNotCopied() public {
        _fund();
        tokens[WBTC].setFault(OddToken.Fault.Reverts);
        uint256 plain = _gasOfLeaving();
        tokens[WBTC].setFault(OddToken.Fault.AnswersMegabytes);
        // The token's own memory of 200,000 bytes takes 95,000 gas, and so would a copy.
        assertLt(_gasOfLeaving(), plain + 120_000);
    }

    function _gasOfLeaving() private returns (uint256 gas) {
        uint256 id = vm.snapshotState();
        vm.prank(alice);
        gas = gasleft();
        vault.redeemInKind(1e12, bob, alice);
        gas -= gasleft();
        vm.revertToState(id);
    }

    /// @notice What is set aside belongs to no share any more: the value of the others does not move.
    function test_setAsideLeavesTheValue() public {
        _fund();
        _deposit(bob, 100_000);
        uint256 price = vault.convertToAssets(1e18);
        tokens[WETH].setFault(OddToken.Fault.Reverts);
        uint256 half = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        vault.redeemInKind(half, alice, alice);
        assertApproxEqRel(vault.convertToAssets(1e18), price, 1e12);
        assertGe(vault.convertToAssets(1e18), price);
    }

    /// @notice Too little gas reverts: it must not turn a payment into a claim.
    function test_littleGasReverts() public {
        _fund();
        vm.prank(alice);
        (bool success, bytes memory answer) = address(vault).call{gas: 300_000}(
            abi.encodeCall(vault.redeemInKind, (1e17, alice, alice))
        );
        assertFalse(success);
        assertEq(bytes32(bytes4(answer)), bytes32(IRebalancingVault.TooLittleGas.selector));
    }

    /// @notice It never pays more than a redemption at the price of the oracle would.
    function testFuzz_neverBetterThanRedeeming(uint256 shares, uint256 price) public {
        _fund();
        _setPrice(WETH, bound(price, 500, 50_000));
        shares = bound(shares, 1, vault.balanceOf(alice));
        uint256 worth = vault.previewRedeem(shares);
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(shares, alice, alice);
        uint256 value = amounts[USDC] * 1e12 + amounts[WBTC] * 60_000e10 + amounts[WETH]
            * hub.price(address(tokens[WETH])) / 1e18;
        // A unit of rounding in the base asset is all that the oracle's way may be behind.
        assertLe(value, (worth + 1) * 1e12);
    }

    /// @notice Shares of no value pay nothing and fail nothing.
    function test_dustPaysNothing() public {
        _fund();
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(1, alice, alice);
        assertEq(amounts[USDC] + amounts[WBTC], 0);
    }
}
