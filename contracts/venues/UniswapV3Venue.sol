// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IVenue} from "../interfaces/IVenue.sol";
import {ISwapRouter} from "../interfaces/ISwapRouter.sol";

/// @title An adapter to Uniswap v3's SwapRouter
/// @notice One pool a pair. It keeps nothing between calls, has no owner, and its pairs never change: another set of
/// pairs is another adapter, which a curator allows at the vault.
contract UniswapV3Venue is IVenue {
    using SafeERC20 for IERC20;

    /// @notice The pool of two tokens, in either order, by its fee tier in parts per million.
    struct Pair {
        address tokenA;
        address tokenB;
        uint24 fee;
    }

    /// @notice Uniswap's router of its periphery package (the one whose swaps carry a deadline).
    ISwapRouter public immutable router;

    /// @notice Fee tier of a pair, in parts per million; zero where it is not traded.
    mapping(address tokenIn => mapping(address tokenOut => uint24)) public feeOf;

    constructor(ISwapRouter router_, Pair[] memory pairs) {
        router = router_;
        for (uint256 i = 0; i < pairs.length; ++i) {
            feeOf[pairs[i].tokenA][pairs[i].tokenB] = pairs[i].fee;
            feeOf[pairs[i].tokenB][pairs[i].tokenA] = pairs[i].fee;
        }
    }

    /// @inheritdoc IVenue
    function swap(address tokenIn, address tokenOut, uint256 amountIn, uint256 minAmountOut)
        external
        returns (uint256 amountOut)
    {
        uint24 fee = feeOf[tokenIn][tokenOut];
        if (fee == 0) revert PairNotTraded(tokenIn, tokenOut);
        IERC20(tokenIn).safeTransferFrom(msg.sender, address(this), amountIn);
        IERC20(tokenIn).forceApprove(address(router), amountIn);
        amountOut = router.exactInputSingle(
            ISwapRouter.ExactInputSingleParams({
                tokenIn: tokenIn,
                tokenOut: tokenOut,
                fee: fee,
                recipient: msg.sender,
                // Now: how long a trade may wait is the caller's transaction to say, not the adapter's.
                deadline: block.timestamp,
                amountIn: amountIn,
                amountOutMinimum: minAmountOut,
                sqrtPriceLimitX96: 0
            })
        );
        // A pool that runs out of liquidity takes only a part and the router does not mind.
        uint256 left = IERC20(tokenIn).allowance(address(this), address(router));
        if (left != 0) revert PartialFill(amountIn, left);
    }
}
