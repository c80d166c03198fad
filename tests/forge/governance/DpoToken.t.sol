// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DpoToken} from "../../../contracts/governance/DpoToken.sol";
import {Test} from "../Test.sol";

contract DpoTokenTest is Test {
    address private _holder = makeAddr("holder");
    DpoToken private _token;

    function setUp() public {
        vm.warp(1_795_219_200);
        _token = new DpoToken(_holder, 1_000_000e18);
    }

    /// @notice The whole supply goes to one holder, and nobody can make more.
    function test_fixedSupply() public view {
        assertEq(_token.totalSupply(), 1_000_000e18);
        assertEq(_token.balanceOf(_holder), 1_000_000e18);
        assertEq(_token.decimals(), 18);
        assertEq(_token.symbol(), "DPO");
    }

    /// @notice Its clock counts seconds, and says so.
    function test_clockIsTheTimestamp() public view {
        assertEq(_token.clock(), block.timestamp);
        assertEq(_token.CLOCK_MODE(), "mode=timestamp");
    }

    /// @notice Votes count for who they are delegated to, as they were at a time in the past.
    function test_pastVotesFollowDelegation() public {
        vm.prank(_holder);
        _token.delegate(_holder);
        uint256 at = block.timestamp;
        skip(10);
        vm.prank(_holder);
        _token.transfer(address(this), 400_000e18);
        skip(1);
        assertEq(_token.getPastVotes(_holder, at), 1_000_000e18);
        assertEq(_token.getVotes(_holder), 600_000e18);
        assertEq(_token.getVotes(address(this)), 0);
    }

    /// @notice An allowance can be given by signature, once.
    function test_permit() public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
                ),
                owner,
                address(this),
                uint256(5),
                uint256(0),
                block.timestamp
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", _token.DOMAIN_SEPARATOR(), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        _token.permit(owner, address(this), 5, block.timestamp, v, r, s);
        assertEq(_token.allowance(owner, address(this)), 5);
        assertEq(_token.nonces(owner), 1);
        vm.expectRevert();
        _token.permit(owner, address(this), 5, block.timestamp, v, r, s);
    }
}
