// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {IParamValidator} from "../../contracts/interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {RegistryTest} from "../forge/StrategyRegistry/RegistryTest.sol";
import {CapValidator, CappedFeed, ClampingSteward, IWords} from "./doubles/CappedFeed.sol";
import {LendingMarket} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";

/// @title Aave CAPO: one half of a pair was clamped, the other not
/// @notice The price of wstETH was capped by a ratio, the time at which it was taken, and a growth. An agent sent a new
/// pair. The contract let the ratio rise by 3 %, not by the 6 % that were sent, and took the time as it came: the cap
/// fell 2.85 % below the market, and 34 healthy accounts were liquidated. Rebuilt: the same update of the same cap
/// through a steward that clamps and through the registry, with the accounts as one position at 93 %.
/// @custom:row 17
/// @custom:date 2026-03-10
/// @custom:loss 10,938 wstETH (about $26 million) liquidated; their owners lost 512 ETH
/// @custom:cause a value cut to its limit without the value that it belongs to, and no look at what came out
/// @custom:label limited
/// @custom:guard StrategyRegistry.stewardSet: StepTooLarge, GroupIncomplete; OracleHub.price: SourcesDeviate
/// @custom:left an agent that clamps by itself lowers the cap by the same 2.85 %: the second source then leaves the asset without a price, and nothing is liquidated; without a second source the harm is the same, unless the strategy has a validator for its cap, which this repository does not ship
contract Incident17Test is RegistryTest, LendingTest {
    bytes32 private constant CAPO = "capo";
    uint16 private constant RATIO = 0;
    uint16 private constant TIME = 1;
    uint16 private constant GROWTH = 2;

    /// @dev The old ratio, the one of a week ago, which the agent sent, and the one of today.
    int256 private constant OLD_RATIO = 1_157_200;
    int256 private constant SENT_RATIO = 1_228_400;
    uint256 private constant MARKET_RATIO = 1.22918e18;
    int256 private constant YEARLY_GROWTH = 96_800;
    /// @dev What 3 % leave of the sent ratio.
    int256 private constant CLAMPED_RATIO = 1_191_916;

    uint256 private constant ETHER_PRICE = 1950e18;
    uint256 private constant POSTED = 11_313e18;

    int256 private _oldTime;
    int256 private _sentTime;
    TestToken private _wstEth = new TestToken("wstETH", "wstETH", 18);
    TestToken private _weth = new TestToken("WETH", "WETH", 18);

    function setUp() public override {
        super.setUp();
        _oldTime = int256(block.timestamp - 300 days);
        _sentTime = int256(block.timestamp - 7 days);
    }

    /// @notice Clamped by half, the update liquidates 10,938 wstETH of a healthy position, whose owner loses 512 ETH.
    function test_harm_10938WstEthAreLiquidated() public {
        ClampingSteward clamping = new ClampingSteward(
            uint256(OLD_RATIO) | (uint256(_oldTime) << 32) | (uint256(YEARLY_GROWTH) << 64)
        );
        _open(_unguarded(), address(clamping));
        clamping.update(uint256(SENT_RATIO), uint256(_sentTime));
        assertApproxEqAbs(hub.price(address(_wstEth)) * 10_000 / _marketPrice(), 10_000 - 285, 1);
        (uint256 repaid, uint256 seized) = _liquidate();
        assertApproxEqAbs(seized, 10_938e18, 1e18);
        assertApproxEqAbs(seized * MARKET_RATIO / 1e18 - repaid, 512e18, 1e18);
    }

    /// @notice The registry does not clamp: the ratio is refused, and the time with it.
    function test_guard_pairIsRefusedWhole() public {
        _list(validator);
        _open(_guarded(), address(registry));
        _refused(
            _pair(SENT_RATIO, _sentTime),
            abi.encodeWithSelector(
                IStrategyRegistry.StepTooLarge.selector,
                RATIO,
                SENT_RATIO - OLD_RATIO,
                CLAMPED_RATIO - OLD_RATIO
            )
        );
        assertEq(registry.valueOf(CAPO, TIME), _oldTime);
        _stillHealthy();
    }

    /// @notice Nor does it take one of the two without the other.
    function test_guard_halfOfThePairIsRefused() public {
        _list(validator);
        _open(_guarded(), address(registry));
        _refused(
            _change(TIME, _oldTime, _sentTime),
            abi.encodeWithSelector(IStrategyRegistry.GroupIncomplete.selector, RATIO, 1 << RATIO)
        );
        _stillHealthy();
    }

    /// @notice A validator of the cap, as somebody would write one for such a strategy, sees what comes out of an agent
    /// that clamps by itself and so keeps step and group.
    function test_besides_validatorWouldSeeTheCap() public {
        _list(new CapValidator(MARKET_RATIO));
        _open(_guarded(), address(registry));
        _refused(
            _pair(CLAMPED_RATIO, _sentTime),
            abi.encodeWithSelector(
                CapValidator.CapBelowRatio.selector, 1_194_128_718_579_726_026, MARKET_RATIO
            )
        );
        _stillHealthy();
    }

    /// @notice An agent that clamps by itself keeps step and group, and the cap falls by 2.85 %; the hub's second source
    /// stops the liquidation.
    function test_guard_secondSourceStopsTheLiquidation() public {
        _list(validator);
        _open(_guarded(), address(registry));
        _steward(_pair(CLAMPED_RATIO, _sentTime));
        (, int256 capped,,,) = hub.feedOf(address(_wstEth)).primary.latestRoundData();
        assertApproxEqAbs(uint256(capped) * 10_000 / _marketPrice(), 10_000 - 285, 1);
        vm.expectPartialRevert(IOracleHub.SourcesDeviate.selector);
        market.liquidate(borrower);
        assertEq(market.collateralOf(borrower), POSTED);
    }

    /// @dev The cap as a strategy of three parameters: ratio and time go together.
    function _list(IParamValidator validator_) private {
        IStrategyRegistry.Listing[] memory all = new IStrategyRegistry.Listing[](3);
        Spec memory spec = _slippage();
        (spec.minimum, spec.maximum, spec.relative, spec.risk) = (1e6, 2e6, true, BOTH_RISK);
        (spec.stepUp, spec.stepDown, spec.jump) = (300, 300, 1000);
        (spec.group, spec.cooldown) = (3, 3 days);
        all[0] = _listing(RATIO, spec, OLD_RATIO, "snapshotRatio");
        (spec.minimum, spec.maximum, spec.relative) = (0, int64(uint64(type(uint32).max)), false);
        (spec.stepUp, spec.stepDown, spec.jump) = (400 days, 400 days, 400 days);
        all[1] = _listing(TIME, spec, _oldTime, "snapshotTime");
        spec = _slippage();
        (spec.maximum, spec.jump) = (200_000, 10_000);
        all[2] = _listing(GROWTH, spec, YEARLY_GROWTH, "maxYearlyGrowth");
        uint256[] memory moduleWords = new uint256[](1);
        moduleWords[0] = 1;
        vm.prank(governor);
        registry.listStrategy(CAPO, validator_, moduleWords, all);
        // The cool-down runs from the listing.
        skip(3 days);
        _sentTime += 3 days;
    }

    /// @dev A position at 93 % on a market that believes `hub_`, whose feed is capped by what `words` says.
    function _open(IOracleHub hub_, address words) private {
        hub = hub_;
        TestFeed uncapped = new TestFeed("wstETH / USD, market", 18, int256(_marketPrice()));
        IOracleHub.Feed memory feed = _feed(uncapped, _marketPrice());
        feed.primary = new CappedFeed(IWords(words), CAPO, MARKET_RATIO, ETHER_PRICE);
        feed.secondary = uncapped;
        (feed.secondaryMaxStaleness, feed.maxDeviationBps) = (2 days, 200);
        hub.proposeFeed(address(_wstEth), feed);
        TestFeed etherFeed = new TestFeed("ETH / USD", 18, int256(ETHER_PRICE));
        hub.proposeFeed(address(_weth), _feed(etherFeed, ETHER_PRICE));
        market =
            new LendingMarket(address(hub), _wstEth, _weth, LendingMarket.Terms(9300, 9500, 100));
        _borrow(POSTED, POSTED * MARKET_RATIO / 1e18 * 93 / 100);
        _stillHealthy();
    }

    function _pair(int256 ratio, int256 time)
        private
        view
        returns (IStrategyRegistry.Change[] memory)
    {
        return _with(_change(RATIO, OLD_RATIO, ratio), TIME, _oldTime, time);
    }

    function _steward(IStrategyRegistry.Change[] memory changes) private {
        vm.prank(steward);
        registry.stewardSet(CAPO, changes, 1, FOREVER, REPORT);
    }

    function _refused(IStrategyRegistry.Change[] memory changes, bytes memory error_) private {
        vm.expectRevert(error_);
        _steward(changes);
    }

    /// @dev The price is the market's, and nobody is liquidated.
    function _stillHealthy() private {
        assertEq(hub.price(address(_wstEth)), _marketPrice());
        vm.expectPartialRevert(LendingMarket.Healthy.selector);
        market.liquidate(borrower);
        assertEq(market.collateralOf(borrower), POSTED);
    }

    function _marketPrice() private pure returns (uint256) {
        return MARKET_RATIO * ETHER_PRICE / 1e18;
    }
}
