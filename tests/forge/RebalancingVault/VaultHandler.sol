// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {DemoVenue} from "../../../contracts/venues/DemoVenue.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VersionStub} from "../doubles/VersionStub.sol";
import {Test} from "../Test.sol";

/// @notice Everything that people do to a vault, in any order: three depositors, a donor, a market, a keeper and a
/// governance. Each act checks what it may do to the price of a share.
contract VaultHandler is Test {
    RebalancingVault private immutable _vault;
    DemoVenue private immutable _venue;
    VersionStub private immutable _registry;
    OddToken[] private _tokens;
    TestFeed[] private _feeds;
    address[3] public actors;
    uint256 public rebalances;
    uint256[] private _words;

    constructor(
        RebalancingVault vault_,
        DemoVenue venue_,
        VersionStub registry_,
        OddToken[] memory tokens_,
        TestFeed[] memory feeds_,
        uint256[] memory words_
    ) {
        (_vault, _venue, _registry) = (vault_, venue_, registry_);
        (_tokens, _feeds, _words) = (tokens_, feeds_, words_);
        for (uint256 i = 0; i < 3; ++i) {
            actors[i] = address(uint160(0xac00 + i));
        }
    }

    /// @dev Buying and selling shares may round, and only in favour of those who stay: by a unit of each asset.
    modifier keepsThePrice() {
        uint256 before = _price();
        uint256 supply = _vault.totalSupply();
        _;
        uint256 price = _price();
        assertGe(price, before);
        if (supply > 1e15 && _vault.totalSupply() > 1e15) {
            assertLe(price, before + before / 1e6);
        }
    }

    function deposit(uint256 who, uint256 amount) external keepsThePrice {
        address actor = actors[who % 3];
        amount = bound(amount, 0, 1e12);
        _tokens[0].mint(actor, amount);
        vm.startPrank(actor);
        _tokens[0].approve(address(_vault), amount);
        uint256 shares = _vault.deposit(amount, actor);
        vm.stopPrank();
        assertLe(_vault.previewRedeem(shares), amount);
    }

    function mint(uint256 who, uint256 shares) external keepsThePrice {
        address actor = actors[who % 3];
        shares = bound(shares, 0, 1e18);
        uint256 cost = _vault.previewMint(shares);
        _tokens[0].mint(actor, cost);
        vm.startPrank(actor);
        _tokens[0].approve(address(_vault), cost);
        assertEq(_vault.mint(shares, actor), cost);
        vm.stopPrank();
    }

    function withdraw(uint256 who, uint256 amount) external keepsThePrice {
        address actor = actors[who % 3];
        amount = bound(amount, 0, _vault.maxWithdraw(actor));
        vm.prank(actor);
        _vault.withdraw(amount, actor, actor);
    }

    function redeem(uint256 who, uint256 shares) external keepsThePrice {
        address actor = actors[who % 3];
        shares = bound(shares, 0, _vault.maxRedeem(actor));
        vm.prank(actor);
        _vault.redeem(shares, actor, actor);
    }

    function redeemInKind(uint256 who, uint256 shares) external keepsThePrice {
        address actor = actors[who % 3];
        shares = bound(shares, 0, _vault.balanceOf(actor));
        vm.prank(actor);
        _vault.redeemInKind(shares, actor, actor);
    }

    /// @notice One asset's transfers fail for a while.
    function freeze(uint256 asset, bool frozen) external {
        _tokens[1 + asset % 2].setFault(frozen ? OddToken.Fault.Reverts : OddToken.Fault.None);
    }

    function claim(uint256 who, uint256 asset) external keepsThePrice {
        address actor = actors[who % 3];
        OddToken token = _tokens[1 + asset % 2];
        if (_vault.setAside(address(token), actor) == 0) return;
        token.setFault(OddToken.Fault.None);
        vm.prank(actor);
        _vault.claim(address(token), actor);
    }

    /// @notice A donation moves nothing at all.
    function donate(uint256 asset, uint256 amount) external {
        uint256 before = _price();
        _tokens[asset % 3].mint(address(_vault), bound(amount, 0, 1e20));
        assertEq(_price(), before);
    }

    /// @notice The market moves one price by up to a fifth, and time goes on.
    function move(uint256 asset, uint256 factor, uint256 seconds_) external {
        TestFeed feed = _feeds[1 + asset % 2];
        (, int256 answer,,,) = feed.latestRoundData();
        int256 next = answer * int256(bound(factor, 80, 125)) / 100;
        int256 middle = asset % 2 == 0 ? int256(60_000e8) : int256(3000e8);
        if (next > middle / 15 && next < middle * 15) feed.set(next);
        skip(bound(seconds_, 0, 2 days));
        for (uint256 i = 0; i < 3; ++i) {
            (, answer,,,) = _feeds[i].latestRoundData();
            _feeds[i].set(answer);
        }
    }

    /// @notice Governance shifts a weight; the vault may follow, or lag.
    function govern(uint256 base, uint256 share, bool push) external {
        base = bound(base, 100, 5000);
        share = bound(share, 100, 9800 - base);
        uint256[] memory words = _words;
        words[0] = base | share << 32 | (10_000 - base - share) << 64;
        uint256 version = _registry.version("core") + 1;
        _registry.set("core", version);
        if (push) _vault.applyParams(uint32(version), words);
    }

    /// @notice A keeper that means well: the asset most over its target for the one most under, by any part of it.
    function rebalance(uint256 part) external {
        (uint256 sell, uint256 buy, uint256 excess) = _extremes();
        if (sell == buy) return;
        uint256 amount = _vault.balanceOfAsset(sell);
        uint256 weight = _vault.weights()[sell];
        if (weight == 0) return;
        // No more than fits one trade: a quarter of the value, less a little.
        excess = Math.min(excess * bound(part, 1, 120) / 100, 0.24e18);
        amount = Math.mulDiv(amount, excess, weight);
        _try(sell, buy, amount);
    }

    /// @notice A keeper whose key is stolen: any trade.
    function steal(uint256 sell, uint256 buy, uint256 amount) external {
        (sell, buy) = (sell % 3, buy % 3);
        _try(sell, buy, bound(amount, 0, _vault.balanceOfAsset(sell)));
    }

    function _try(uint256 sell, uint256 buy, uint256 amount) private {
        uint256 before = _totalDrift();
        uint256 nav = _vault.nav();
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](1);
        trades[0] = IRebalancingVault.Trade(_venue, uint8(sell), uint8(buy), amount, 0);
        try _vault.rebalance(trades) {
            ++rebalances;
            assertLt(_totalDrift(), before);
            assertGe(_vault.nav(), nav * 9970 / 10_000);
            assertEq(_registry.version("core"), _vault.appliedVersion());
        } catch {
            assertEq(_totalDrift(), before);
        }
    }

    function _extremes() private view returns (uint256 over, uint256 under, uint256 excess) {
        uint256[] memory weights = _vault.weights();
        uint256[] memory targets = _vault.targetWeightsNow();
        uint256 lack = 0;
        for (uint256 i = 0; i < 3; ++i) {
            if (weights[i] > targets[i] + excess) (over, excess) = (i, weights[i] - targets[i]);
            if (targets[i] > weights[i] + lack) (under, lack) = (i, targets[i] - weights[i]);
        }
    }

    function _totalDrift() private view returns (uint256 total) {
        uint256[] memory weights = _vault.weights();
        uint256[] memory targets = _vault.targetWeightsNow();
        for (uint256 i = 0; i < 3; ++i) {
            total += weights[i] > targets[i] ? weights[i] - targets[i] : targets[i] - weights[i];
        }
    }

    /// @dev Dollars for each share, with the virtual unit and the virtual shares, to the last digit: the base asset is
    /// worth one dollar here.
    function _price() private view returns (uint256) {
        return Math.mulDiv(_vault.nav() + 1e12, 1e36, _vault.totalSupply() + 1e6);
    }
}
