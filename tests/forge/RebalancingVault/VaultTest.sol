// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {OracleHub} from "../../../contracts/OracleHub.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {DemoVenue} from "../../../contracts/venues/DemoVenue.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VersionStub} from "../doubles/VersionStub.sol";
import {Test} from "../Test.sol";
import {Vm} from "../Vm.sol";

/// @notice A vault of USDC, WBTC and WETH at 20, 35 and 45 %, its hub and a venue; the test is admin, executor, keeper
/// and curator.
abstract contract VaultTest is Test {
    uint256 internal constant USDC = 0;
    uint256 internal constant WBTC = 1;
    uint256 internal constant WETH = 2;
    uint256 internal constant WHOLE = 1e18;
    bytes32 internal constant STRATEGY = "core";
    uint256 internal constant DEPTH = 500_000_000e18;
    uint64 internal constant HALF_SPREAD = 500;

    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal stranger = makeAddr("stranger");

    VersionStub internal registry;
    OracleHub internal hub;
    RebalancingVault internal vault;
    DemoVenue internal venue;
    OddToken[] internal tokens;
    TestFeed[] internal feeds;
    TestFeed internal sequencer;

    function setUp() public virtual {
        vm.warp(1_795_219_200);
        registry = new VersionStub();
        sequencer = new TestFeed("sequencer", 0, 0);
        skip(1 days);
        hub = new OracleHub(address(this), IAggregatorV3(address(sequencer)), 1 days, 200);
        _list("USDC", 6, 1);
        _list("WBTC", 8, 60_000);
        _list("WETH", 18, 3000);
        vault = _newVault(3);
        _grantAll(vault);
        venue = _newVenue();
        vault.setVenue(venue, true);
    }

    /* BUILDING */

    function _list(string memory symbol, uint8 decimals_, int256 dollars) internal {
        OddToken token = new OddToken(symbol, decimals_);
        TestFeed feed = new TestFeed(symbol, 8, dollars * 1e8);
        tokens.push(token);
        feeds.push(feed);
        uint128 price = uint128(uint256(dollars) * 1e18);
        hub.proposeFeed(
            address(token),
            IOracleHub.Feed({
                primary: feed,
                secondary: IAggregatorV3(address(0)),
                maxStaleness: 2 days,
                secondaryMaxStaleness: 0,
                maxDeviationBps: 0,
                minPrice: price / 20,
                maxPrice: price * 20
            })
        );
    }

    function _newVault(uint256 count) internal returns (RebalancingVault) {
        address[] memory assets = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            assets[i] = address(tokens[i]);
        }
        return new RebalancingVault(_setup(assets));
    }

    function _setup(address[] memory assets) internal view returns (RebalancingVault.Setup memory) {
        return RebalancingVault.Setup({
            name: "Core portfolio",
            symbol: "dpoCORE",
            assets: assets,
            strategyId: STRATEGY,
            registry: IStrategyRegistry(address(registry)),
            hub: hub,
            executor: address(this),
            admin: address(this)
        });
    }

    function _grantAll(RebalancingVault to) internal {
        to.grantRole(to.KEEPER_ROLE(), address(this));
        to.grantRole(to.CURATOR_ROLE(), address(this));
    }

    function _newVenue() internal returns (DemoVenue made) {
        DemoVenue.Market[] memory markets = new DemoVenue.Market[](3);
        markets[0] = DemoVenue.Market(address(tokens[0]), 0, 0);
        markets[1] = DemoVenue.Market(address(tokens[1]), HALF_SPREAD, uint128(DEPTH));
        markets[2] = DemoVenue.Market(address(tokens[2]), HALF_SPREAD, uint128(DEPTH));
        made = new DemoVenue(hub, markets);
        tokens[0].mint(address(made), 1e9 * 1e6);
        tokens[1].mint(address(made), 1e5 * 1e8);
        tokens[2].mint(address(made), 1e6 * 1e18);
    }

    /* PARAMETERS */

    function _defaults() internal pure returns (IRebalancingVault.Params memory p) {
        (p.targetWeight[0], p.targetWeight[1], p.targetWeight[2]) = (2000, 3500, 4500);
        p.driftThreshold = 500;
        p.recenteringSpeed = 1_000_000;
        p.rebalanceInterval = 30 days;
        p.tradeCoolOff = 6 hours;
        p.maxTradeSize = 2500;
        p.maxSlippage = 50;
        p.slippageBudget = 100;
        p.slippageWindow = 1 days;
        p.navDeviation = 30;
        p.oracleMaxStaleness = 1 days;
        p.oracleMaxDeviation = 300;
        p.sequencerGrace = 1 hours;
        p.minIdle = 500;
        p.maxBaseFee = 150;
        p.weightRamp = 1 days;
        p.auctionDuration = 1 days;
    }

    /// @dev The registry's words, written down a second time: lanes of 32 bits, the first the lowest.
    function _words(IRebalancingVault.Params memory p)
        internal
        pure
        returns (uint256[] memory words)
    {
        words = new uint256[](3);
        for (uint256 i = 0; i < 8; ++i) {
            words[0] |= uint256(p.targetWeight[i]) << (32 * i);
        }
        uint32[8] memory trading = [
            p.driftThreshold,
            p.recenteringSpeed,
            p.rebalanceInterval,
            p.tradeCoolOff,
            p.maxTradeSize,
            p.maxSlippage,
            p.slippageBudget,
            p.slippageWindow
        ];
        uint32[8] memory safety = [
            p.navDeviation,
            p.oracleMaxStaleness,
            p.oracleMaxDeviation,
            p.sequencerGrace,
            p.minIdle,
            p.maxBaseFee,
            p.weightRamp,
            p.auctionDuration
        ];
        for (uint256 i = 0; i < 8; ++i) {
            words[1] |= uint256(trading[i]) << (32 * i);
            words[2] |= uint256(safety[i]) << (32 * i);
        }
    }

    /// @dev Commits the next version and brings it to the vault.
    function _apply(IRebalancingVault.Params memory p) internal {
        uint256 next = registry.version(STRATEGY) + 1;
        registry.set(STRATEGY, next);
        vault.applyParams(uint32(next), _words(p));
    }

    /* ACTING */

    function _deposit(address who, uint256 dollars) internal returns (uint256 shares) {
        return _depositUnits(who, dollars * 1e6);
    }

    function _depositUnits(address who, uint256 amount) internal returns (uint256 shares) {
        tokens[0].mint(who, amount);
        vm.startPrank(who);
        tokens[0].approve(address(vault), amount);
        shares = vault.deposit(amount, who);
        vm.stopPrank();
    }

    /// @dev Puts a price on an asset, in dollars, and dates all of them now.
    function _setPrice(uint256 asset, uint256 dollars) internal {
        feeds[asset].set(int256(dollars * 1e8));
        _refresh();
    }

    function _refresh() internal {
        for (uint256 i = 0; i < feeds.length; ++i) {
            (, int256 answer,,,) = feeds[i].latestRoundData();
            feeds[i].set(answer);
        }
    }

    function _later(uint256 seconds_) internal {
        skip(seconds_);
        _refresh();
    }

    function _trade(uint256 sell, uint256 buy, uint256 amountIn)
        internal
        view
        returns (IRebalancingVault.Trade memory)
    {
        return IRebalancingVault.Trade({
            venue: IVenue(address(venue)),
            sell: uint8(sell),
            buy: uint8(buy),
            amountIn: amountIn,
            minAmountOut: 0
        });
    }

    function _rebalance(IRebalancingVault.Trade memory trade) internal {
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](1);
        trades[0] = trade;
        vault.rebalance(trades);
    }

    /// @return data Of the first event of this kind among the records.
    function _dataOf(Vm.Log[] memory logs, bytes32 topic) internal pure returns (bytes memory) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) return logs[i].data;
        }
        revert("no such event");
    }

    /// @dev A vault that stands at its targets: a million dollars from alice, bought in at once.
    function _fund() internal {
        _apply(_defaults());
        _deposit(alice, 1_000_000);
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](4);
        trades[0] = _trade(USDC, WBTC, 175_000e6);
        trades[1] = _trade(USDC, WBTC, 175_000e6);
        trades[2] = _trade(USDC, WETH, 225_000e6);
        trades[3] = _trade(USDC, WETH, 225_000e6);
        vault.rebalance(trades);
        _later(6 hours);
    }
}
