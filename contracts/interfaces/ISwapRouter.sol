// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The part of Uniswap v3's SwapRouter that the adapter calls
interface ISwapRouter {
    struct ExactInputSingleParams {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
        uint160 sqrtPriceLimitX96;
    }

    /// @notice Swaps through one pool; reverts where the output is below the minimum.
    function exactInputSingle(ExactInputSingleParams calldata swap)
        external
        payable
        returns (uint256 amountOut);
}
