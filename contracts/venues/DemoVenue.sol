// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {IVenue} from "../interfaces/IVenue.sol";

/// @title A venue that trades at the oracle's price less spread and impact, for the local demo
/// @notice A trade of value v (US dollars at the oracle's prices) costs the share
/// `halfSpread + v / (2 * depth)` of it: the price moves linearly, by v / depth over the trade, so that the mean price
/// is off by half of that. The simulation uses the same law. A trade between two tokens that both have a market pays
/// for both, as if it went through dollars.
/// @dev It pays from its own inventory: send tokens to it. It has no owner and its markets never change.
contract DemoVenue is IVenue {
    using SafeERC20 for IERC20;

    /// @notice What trading one token costs.
    struct Market {
        address token;
        /// @dev 1e6 is the whole.
        uint64 halfSpreadPpm;
        /// @dev Trade value that moves the price by 100 %, in US dollars, 18 decimals; zero is a market without impact.
        uint128 depth;
    }

    struct Token {
        bool traded;
        uint8 decimals;
        uint64 halfSpreadPpm;
        uint128 depth;
    }

    uint256 private constant _PPM = 1e6;
    uint256 private constant _WAD = 1e18;

    /// @notice Where prices come from.
    IOracleHub public immutable hub;

    mapping(address token => Token) private _tokens;

    constructor(IOracleHub hub_, Market[] memory markets) {
        hub = hub_;
        for (uint256 i = 0; i < markets.length; ++i) {
            Market memory market = markets[i];
            _tokens[market.token] = Token({
                traded: true,
                decimals: IERC20Metadata(market.token).decimals(),
                halfSpreadPpm: market.halfSpreadPpm,
                depth: market.depth
            });
        }
    }

    /// @inheritdoc IVenue
    function swap(address tokenIn, address tokenOut, uint256 amountIn, uint256 minAmountOut)
        external
        returns (uint256 amountOut)
    {
        amountOut = quote(tokenIn, tokenOut, amountIn);
        if (amountOut < minAmountOut) revert OutputTooSmall(amountOut, minAmountOut);
        IERC20(tokenIn).safeTransferFrom(msg.sender, address(this), amountIn);
        IERC20(tokenOut).safeTransfer(msg.sender, amountOut);
    }

    /// @notice What `amountIn` of `tokenIn` buys now; nothing where the cost is the whole.
    function quote(address tokenIn, address tokenOut, uint256 amountIn)
        public
        view
        returns (uint256)
    {
        Token memory sold = _tokens[tokenIn];
        Token memory bought = _tokens[tokenOut];
        if (!sold.traded || !bought.traded || tokenIn == tokenOut) {
            revert PairNotTraded(tokenIn, tokenOut);
        }
        uint256 value = Math.mulDiv(amountIn, hub.price(tokenIn), 10 ** sold.decimals);
        uint256 cost = _cost(sold, value) + _cost(bought, value);
        if (cost >= _WAD) return 0;
        uint256 paid = Math.mulDiv(value, _WAD - cost, _WAD);
        return Math.mulDiv(paid, 10 ** bought.decimals, hub.price(tokenOut));
    }

    /// @return The cost of a trade as a share, 1e18 is the whole; rounded up.
    function _cost(Token memory token, uint256 value) private pure returns (uint256) {
        uint256 spread = uint256(token.halfSpreadPpm) * _WAD / _PPM;
        if (token.depth == 0) return spread;
        return spread + Math.mulDiv(value, _WAD, 2 * uint256(token.depth), Math.Rounding.Ceil);
    }
}
