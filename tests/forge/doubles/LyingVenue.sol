// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IVenue} from "../../../contracts/interfaces/IVenue.sol";

/// @notice A venue that takes, pays and says what a test tells it to, and may call somebody in between.
contract LyingVenue is IVenue {
    using SafeERC20 for IERC20;

    uint256 public takes;
    uint256 public pays;
    uint256 public says;
    address private _callee;
    bytes private _call;
    bool public callRefused;
    bytes public answer;

    function set(uint256 takes_, uint256 pays_, uint256 says_) external {
        (takes, pays, says) = (takes_, pays_, says_);
    }

    function setCall(address callee, bytes calldata call) external {
        (_callee, _call) = (callee, call);
    }

    function swap(address tokenIn, address tokenOut, uint256, uint256) external returns (uint256) {
        if (_callee != address(0)) {
            bool success;
            (success, answer) = _callee.call(_call);
            callRefused = !success;
        }
        if (takes != 0) IERC20(tokenIn).safeTransferFrom(msg.sender, address(this), takes);
        if (pays != 0) IERC20(tokenOut).safeTransfer(msg.sender, pays);
        return says;
    }
}
