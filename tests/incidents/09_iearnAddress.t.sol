// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "../../contracts/interfaces/ILendingVenue.sol";
import {IParamValidator} from "../../contracts/interfaces/IParamValidator.sol";
import {IRebalancingVault} from "../../contracts/interfaces/IRebalancingVault.sol";
import {AaveV3Lending} from "../../contracts/lending/AaveV3Lending.sol";
import {LendingVenues} from "../../contracts/lending/LendingVenues.sol";
import {RebalancingVault} from "../../contracts/RebalancingVault.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {StrategyValidator} from "../../contracts/validators/StrategyValidator.sol";
import {VaultTest} from "../forge/RebalancingVault/VaultTest.sol";
import {LenderToken, OneReservePool, WrongLender, YieldPool} from "./doubles/YieldPool.sol";

/// @title iearn yUSDT: the lender of another token, since deployment
/// @notice The pool of USDT was deployed with the address of a lender of USDC. After three years somebody sent it that
/// lender's token, which it counted as dollars of USDT, took all USDT out, and had it taken back from the lender: as
/// USDC, which it did not count. In a pool worth nothing 10,000 USDT then bought 1.25 quadrillion shares, with which
/// other pools were emptied. Rebuilt: the same steps, and the same address in a vault of ours.
/// @custom:row 9
/// @custom:date 2023-04-13
/// @custom:loss $11.6 million
/// @custom:cause a wrong address that was never asked what it is, and shares priced by whatever lies at the pool
/// @custom:label stopped
/// @custom:guard RebalancingVault.rebalance: SlippageTooHigh by what came in; shares are priced by its own records; StrategyValidator: NoRoomForBuffer
/// @custom:left a wrong token can still be listed as an asset: the vault then holds it at the hub's price, and this attack gains nothing
contract Incident09Test is VaultTest {
    /// @dev What the others have in it, and the attacker's first deposit.
    uint256 private constant DEPOSIT = 125_266.024221e6;
    uint256 private constant LAST = 10_000e6;

    address private _attacker = makeAddr("attacker");
    TestToken private _usdt;
    LenderToken private _iUsdc;

    function setUp() public override {
        super.setUp();
        _list("USDT", 6, 1);
        _usdt = tokens[3];
        _iUsdc = new LenderToken("iUSDC", tokens[USDC]);
        TestToken usdc = tokens[USDC];
        usdc.mint(_attacker, 2 * DEPOSIT);
        vm.startPrank(_attacker);
        usdc.approve(address(_iUsdc), 2 * DEPOSIT);
        _iUsdc.lend(2 * DEPOSIT);
        vm.stopPrank();
        _usdt.mint(_attacker, DEPOSIT + LAST + 1);
        _usdt.mint(alice, DEPOSIT);
    }

    /// @notice Without guards 10,000 USDT buy 1.25 quadrillion shares, and of the 125,266 of alice a millionth of one is left.
    function test_harm_10000BuyAQuadrillionShares() public {
        YieldPool pool = new YieldPool(_usdt, _iUsdc);
        _approve(address(pool));
        vm.prank(alice);
        pool.deposit(DEPOSIT);
        vm.startPrank(_attacker);
        uint256 first = pool.deposit(DEPOSIT);
        _iUsdc.transfer(address(pool), 2 * DEPOSIT);
        assertEq(pool.withdraw(first), 2 * DEPOSIT);
        pool.rebalance();
        assertEq(pool.value(), 0);
        _usdt.transfer(address(pool), 1);
        uint256 shares = pool.deposit(LAST);
        vm.stopPrank();
        assertEq(shares / 1e6, 1_252_660_242_210_000);
        assertEq(pool.balanceOf(alice) * pool.value() / pool.totalSupply(), 1);
    }

    /// @notice The same steps at our vault, which holds the wrong lender's token as well: what is sent to it counts for
    /// nothing, nobody takes more out than he put in, and a share costs what it did.
    function test_guard_whatIsSentCountsForNothing() public {
        _openVault(address(_iUsdc));
        vm.prank(alice);
        vault.deposit(DEPOSIT, alice);
        vm.startPrank(_attacker);
        uint256 first = vault.deposit(DEPOSIT, _attacker);
        _iUsdc.transfer(address(vault), 2 * DEPOSIT);
        assertEq(vault.redeem(first, _attacker, _attacker), DEPOSIT);
        _usdt.transfer(address(vault), 1);
        uint256 shares = vault.deposit(LAST, _attacker);
        vm.stopPrank();
        assertEq(shares * DEPOSIT / LAST, first);
        assertEq(vault.previewRedeem(vault.balanceOf(alice)), DEPOSIT);
    }

    /// @notice A vault whose way to the lender pays with another token than the vault is to hold refuses the trade: it
    /// measures what came, and nothing did.
    function test_guard_wrongLenderPaysNothingThatCounts() public {
        LenderToken iUsdt = new LenderToken("iUSDT", _usdt);
        _openVault(address(iUsdt));
        vm.prank(alice);
        vault.deposit(DEPOSIT, alice);
        WrongLender wrong = new WrongLender(_iUsdc);
        vault.setVenue(wrong, true);
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](1);
        trades[0] = IRebalancingVault.Trade(wrong, 0, 1, DEPOSIT / 5, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.SlippageTooHigh.selector, 0, 10_000, 50)
        );
        vault.rebalance(trades);
    }

    /// @notice Where the address is that of a lending pool, it is asked about the very token: a pool of USDC lends nothing
    /// on USDT, so that not even 0.01 % of debt is allowed there.
    function test_guard_poolOfAnotherTokenLeavesNoRoomForDebt() public {
        LendingVenues venues = new LendingVenues(address(this));
        StrategyValidator validator = new StrategyValidator(venues);
        uint256[] memory words = new uint256[](7);
        (uint256 maxLtv, uint256 buffer) = (1, 1000);
        words[0] = (maxLtv << 96) | (buffer << 192);
        words[1] = 1_600_000 | (1_250_000 << 32);
        ILendingVenue[] memory some = new ILendingVenue[](1);
        some[0] = new AaveV3Lending(new OneReservePool(address(tokens[USDC])));
        venues.setVenues(STRATEGY, 0, address(tokens[USDC]), some);
        validator.validate(STRATEGY, 1, words);
        venues.setVenues(STRATEGY, 0, address(_usdt), some);
        vm.expectRevert(
            abi.encodeWithSelector(
                IParamValidator.NoRoomForBuffer.selector, (1 << 8) | 3, maxLtv, buffer, 0
            )
        );
        validator.validate(STRATEGY, 1, words);
    }

    /// @dev A vault of USDT and `lent`, a fifth in USDT.
    function _openVault(address lent) private {
        hub.proposeFeed(lent, hub.feedOf(address(_usdt)));
        address[] memory assets = new address[](2);
        (assets[0], assets[1]) = (address(_usdt), lent);
        vault = new RebalancingVault(_setup(assets));
        _grantAll(vault);
        IRebalancingVault.Params memory p = _defaults();
        (p.targetWeight[0], p.targetWeight[1], p.targetWeight[2]) = (2000, 8000, 0);
        _apply(p);
        _approve(address(vault));
    }

    function _approve(address pool) private {
        vm.prank(alice);
        _usdt.approve(pool, type(uint256).max);
        vm.prank(_attacker);
        _usdt.approve(pool, type(uint256).max);
    }
}
