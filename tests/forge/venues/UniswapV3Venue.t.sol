// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {UniswapTest} from "./UniswapTest.sol";

contract UniswapV3VenueTest is UniswapTest {
    /// @notice A swap takes the whole input, pays the caller and leaves nothing behind.
    function test_swaps() public {
        _pool(WETH, 50_000_000, 3000);
        _hold(USDC, 10_000e6);
        uint256 before = tokens[WETH].balanceOf(address(this));
        uint256 out = uniswap.swap(address(tokens[USDC]), address(tokens[WETH]), 10_000e6, 0);
        assertEq(tokens[WETH].balanceOf(address(this)), before + out);
        // 5 bps of fee and 2 bps of impact in a pool of 50 million each side.
        assertApproxEqRel(out, uint256(10e18) / 3 * 9993 / 10_000, 0.0001e18);
        assertEq(tokens[USDC].balanceOf(address(uniswap)), 0);
        assertEq(tokens[USDC].allowance(address(uniswap), address(router)), 0);
    }

    /// @notice The minimum output is passed on, and the router holds it.
    function test_minimumHolds() public {
        _pool(WETH, 50_000_000, 3000);
        _hold(USDC, 10_000e6);
        vm.expectRevert("Too little received");
        uniswap.swap(address(tokens[USDC]), address(tokens[WETH]), 10_000e6, 3.334e18);
    }

    /// @notice A pair that was not given is not traded.
    function test_unknownPairIsRefused() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IVenue.PairNotTraded.selector, address(tokens[WETH]), address(tokens[WBTC])
            )
        );
        uniswap.swap(address(tokens[WETH]), address(tokens[WBTC]), 1e18, 0);
    }

    /// @notice A pool that runs out of liquidity takes only a part; that is refused, not swallowed.
    function test_partialFillIsRefused() public {
        int24 tick = _tick();
        _poolWithin(WETH, 10_000, 3000, tick - 100, tick + 100);
        _hold(USDC, 50_000e6);
        vm.expectPartialRevert(IVenue.PartialFill.selector);
        uniswap.swap(address(tokens[USDC]), address(tokens[WETH]), 50_000e6, 0);
    }

    /// @notice The vault buys in and recentres through real pools, within its limit of slippage.
    function test_vaultRebalancesThroughPools() public {
        _pool(WBTC, 200_000_000, 60_000);
        _pool(WETH, 200_000_000, 3000);
        _apply(_defaults());
        _deposit(alice, 1_000_000);
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](4);
        trades[0] = _through(USDC, WBTC, 175_000e6);
        trades[1] = _through(USDC, WBTC, 175_000e6);
        trades[2] = _through(USDC, WETH, 225_000e6);
        trades[3] = _through(USDC, WETH, 225_000e6);
        vault.rebalance(trades);
        assertLt(vault.drift(), 0.003e18);
        assertGt(vault.nav(), 997_500e18);
    }

    /// @notice A shallow pool, or one that somebody has pushed away from the oracle, cannot cost the vault more than
    /// the limit.
    function test_pushedPoolIsRefused() public {
        _pool(WBTC, 200_000_000, 60_000);
        _pool(WETH, 200_000_000, 3000);
        _apply(_defaults());
        _deposit(alice, 1_000_000);
        _hold(USDC, 2_000_000e6);
        uniswap.swap(address(tokens[USDC]), address(tokens[WETH]), 2_000_000e6, 0);
        vm.expectPartialRevert(IRebalancingVault.SlippageTooHigh.selector);
        _rebalance(_through(USDC, WETH, 225_000e6));
    }

    function _through(uint256 sell, uint256 buy, uint256 amount)
        private
        view
        returns (IRebalancingVault.Trade memory trade)
    {
        trade = _trade(sell, buy, amount);
        trade.venue = uniswap;
    }

    function _hold(uint256 asset, uint256 amount) private {
        tokens[asset].mint(address(this), amount);
        tokens[asset].approve(address(uniswap), amount);
    }

    /// @dev The tick of 3,000 dollars an ether, in the order that the two addresses give, on a multiple of ten.
    function _tick() private view returns (int24) {
        return address(tokens[USDC]) < address(tokens[WETH]) ? int24(196_250) : int24(-196_250);
    }
}
