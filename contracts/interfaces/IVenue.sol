// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title A place to trade one token for another
interface IVenue {
    error OutputTooSmall(uint256 amountOut, uint256 minAmountOut);
    error PairNotTraded(address tokenIn, address tokenOut);
    /// @notice The market could not take the whole input.
    error PartialFill(uint256 amountIn, uint256 left);

    /// @notice Takes exactly `amountIn` of `tokenIn` from the caller, which has approved it, and sends at least
    /// `minAmountOut` of `tokenOut` to the caller, or reverts.
    function swap(address tokenIn, address tokenOut, uint256 amountIn, uint256 minAmountOut)
        external
        returns (uint256 amountOut);
}
